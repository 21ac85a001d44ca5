import type { TenantControls } from '../wire/live.js';

/**
 * The simulator's faults that pass by themselves: after them a patient module has lost nothing. Its own command line
 * spreads the same ones.
 */
const PASSING_FAULTS = [
  'http-500',
  'http-502',
  'http-503',
  'http-503-retry-after-seconds',
  'http-429-retry-after-seconds',
  'http-408',
  'reset-before-answer',
  'reset-in-body',
  'cut-off-json',
  'html-with-200',
  'empty-200',
];

/** The control pages for the faults of the Reporting Web Service, of Microsoft Graph and of the tokens. */
const FAULT_PAGES = ['faults', 'graph/faults', 'token-service/faults'];

/** More than anybody needs to see it work; the simulator and the audit keep every row in memory. */
export const MAX_ROWS_PER_HOUR = 1_000_000;

/** Of all rows, those whose status changes some time after they became visible. */
const CHANGING_SHARE = 0.1;

/** Drives a simulated tenant from outside, over the control pages of its process. */
export class TenantControl {
  readonly #origin: string;
  #controls: TenantControls = { rowsPerHour: 0, lateShare: 0, faultShare: 0, outage: false };
  /** One change after the other: each is made of several requests. */
  #changed: Promise<unknown> = Promise.resolve();

  /** @param origin of a simulator that was started without live mail and without faults. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  get controls(): TenantControls {
    return this.#controls;
  }

  /** Makes the tenant behave so from now on. @throws Error where it does not answer. */
  change(some: Partial<TenantControls>): Promise<TenantControls> {
    const changed = this.#changed.then(() => this.#apply({ ...this.#controls, ...some }));
    this.#changed = changed.catch(() => undefined);
    return changed;
  }

  async #apply(next: TenantControls): Promise<TenantControls> {
    const { rowsPerHour, lateShare, faultShare, outage } = this.#controls;
    if (next.rowsPerHour !== rowsPerHour || next.lateShare !== lateShare) await this.#changeMail(next);
    if (next.faultShare !== faultShare || next.outage !== outage) await this.#changeFaults(next);
    this.#controls = next;
    return next;
  }

  #changeMail({ rowsPerHour, lateShare }: TenantControls): Promise<void> {
    const live = { rowsPerHour, from: Date.now(), lateShare, changingShare: CHANGING_SHARE };
    return this.#post('mail', { stopLive: true, ...(rowsPerHour > 0 && { live }) });
  }

  async #changeFaults({ faultShare, outage }: TenantControls): Promise<void> {
    const faults = {
      clear: true,
      random: { share: faultShare, kinds: PASSING_FAULTS },
      ...(outage && { next: { kind: 'http-503', times: 'always' } }),
    };
    await Promise.all(FAULT_PAGES.map((page) => this.#post(page, faults)));
  }

  async #post(page: string, body: object): Promise<void> {
    const response = await fetch(`${this.#origin}/simulator/${page}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    // Read to its end, so that the connection can be used again.
    const reply = await response.text();
    if (!response.ok) throw new Error(`The simulated tenant refuses a change (${reply}): start npm start again.`);
  }
}
