import type { TenantControls } from '../wire/live.js';
import {
  type AuditRow,
  ChildProcess,
  type Exit,
  type FilterableRow,
  HttpError,
  inheritedEnvironment,
  passingFaults,
} from '@local/testbed';

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
      random: { share: faultShare, kinds: passingFaults },
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

export interface TenantOptions {
  /** The simulator's compiled entry. */
  readonly simulatorPath: string;
  /** Rows that are there already, and over how many hours before now they are spread. */
  readonly rows: number;
  readonly historyHours: number;
  readonly seed: number;
}

/** A row of the tenant. */
export interface TenantRow extends AuditRow, Pick<FilterableRow, 'sender' | 'subject' | 'fromIp'> {
  /** When Exchange received the message, in milliseconds since 1970. */
  readonly receivedMs: number;
}

const SETTINGS = [
  'api_url',
  'account_name',
  'account_password',
  'graph_url',
  'authority_url',
  'tenant_id',
  'client_id',
  'client_secret',
] as const;

/** What the simulator says is to be filled in to read it; the names are those of the triggers' settings. */
export type TenantSettings = Readonly<Record<(typeof SETTINGS)[number], string>>;

/** How an application reads it by Microsoft Graph; by the names of the triggers' and the account's settings. */
export function applicationOn({ tenant_id, client_id, client_secret, graph_url, authority_url }: TenantSettings) {
  return { tenant_id, client_id, client_secret, api_url: graph_url, authority_url };
}

/** The simulated tenant, as a process of its own. */
export class SimulatedTenant {
  readonly settings: TenantSettings;
  /** In milliseconds since 1970: mail of its own begins to arrive no earlier. */
  readonly startedAtMs: number;
  readonly #process: ChildProcess;
  readonly #origin: string;
  readonly #control: TenantControl;
  #hasEnded = false;

  private constructor(process: ChildProcess, settings: TenantSettings, startedAtMs: number) {
    this.#process = process;
    this.settings = settings;
    this.startedAtMs = startedAtMs;
    this.#origin = new URL(settings.api_url).origin;
    this.#control = new TenantControl(this.#origin);
    void process.exited.then(() => {
      this.#hasEnded = true;
    });
  }

  /**
   * Starts it without faults and without mail that goes on arriving.
   *
   * @throws Error where the simulator does not say within 30 seconds how to reach it.
   */
  static async start({ simulatorPath, rows, historyHours, seed }: TenantOptions): Promise<SimulatedTenant> {
    const numbers = { port: 0, rate: 0, rows, 'history-hours': historyHours, seed };
    const process_ = await ChildProcess.start({
      arguments: [simulatorPath, ...Object.entries(numbers).map(([name, number]) => `--${name}=${number}`)],
      environment: inheritedEnvironment(process.env),
    });
    try {
      // It takes its account from its own defaults and says which: so no password is on a command line.
      const settings = await Promise.all(
        SETTINGS.map(async (name) => {
          const [, value = ''] = await process_.waitForOutput(new RegExp(`^\\s*${name}\\s+(\\S+)$`));
          return [name, value] as const;
        }),
      );
      return new SimulatedTenant(process_, Object.fromEntries(settings) as TenantSettings, Date.now());
    } catch (error) {
      await process_.kill();
      throw error;
    }
  }

  /** Fulfilled when its process has ended. */
  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get controls(): TenantControls {
    return this.#control.controls;
  }

  /** Makes it behave so from now on. @throws {HttpError} 409 once its process has ended. */
  change(some: Partial<TenantControls>): Promise<TenantControls> {
    if (this.#hasEnded) throw new HttpError(409, 'The simulated tenant has ended: stop the runner and start it again.');
    return this.#control.change(some);
  }

  /**
   * Every row that is visible by now, with the statuses in which it was to be seen; read as it is consumed.
   *
   * @throws Error where the tenant does not answer with its rows, or not with all of them.
   */
  async *visibleRows(): AsyncGenerator<TenantRow> {
    const { ok, status, body } = await fetch(`${this.#origin}/simulator/rows`);
    if (!ok || body === null) {
      await body?.cancel();
      throw new Error(`The simulated tenant answers ${status} where its rows should be: build it again.`);
    }
    let rest = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as TenantRow;
    }
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGTERM', 1000);
  }
}
