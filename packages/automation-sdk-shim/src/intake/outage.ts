import type { Health } from '../health.js';
import type { Log } from '../log/log.js';

const WARNING_EVERY_MS = 60_000;
const UNHEALTHY_AFTER_MS = 600_000;
const MATTER = 'intake';

export interface OutageOptions {
  /** The intake's host, for messages. */
  readonly host: string;
  readonly log: Log;
  readonly health: Health;
  readonly now?: (() => number) | undefined;
  readonly unhealthyAfterMs?: number | undefined;
}

/**
 * - `later`: it passes by itself.
 * - `settings`: the intake turns the module away; a person must act.
 * - `refusal`: the intake refuses every event; a person must act.
 */
export type Trouble = 'later' | 'settings' | 'refusal';

const ADVICE: Readonly<Record<Exclude<Trouble, 'later'>, string>> = {
  settings:
    'The intake key or the intake server is wrong: correct the settings "intake_key" and "intake_server". The events are held and sent once that is done.',
  refusal:
    'It refuses every event, so the events are not to blame. Check in Sekoia.io that the intake of "intake_key" is the one meant for these events and has their format (the one that "intake_format" names, where there is this setting), and correct the settings or the intake. The events are held, and set aside after a quarter of an hour if nothing changes.',
};

/**
 * Tells of a time in which the intake takes no events: a warning at most once a minute, one critical entry where a
 * person must act, unhealthy after 10 minutes, or at once where every event is refused, and an info when it is over.
 */
export class Outage {
  readonly #options: OutageOptions;
  readonly #now: () => number;
  #failures = 0;
  #warnedMs: number | undefined;
  readonly #advised = new Set<Trouble>();
  #settingsInARow = 0;
  #unhealthyTimer: NodeJS.Timeout | undefined;

  constructor(options: OutageOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Failed tries so far, without a success between them. */
  get failures(): number {
    return this.#failures;
  }

  /** `reason` follows "The intake takes no events: ". */
  failed(trouble: Trouble, reason: string): void {
    this.#failures += 1;
    // A timer and not a look at the clock here: the wait that the intake asks for can be longer than the limit.
    this.#unhealthyTimer ??= setTimeout(
      () => this.#turnUnhealthy(reason),
      this.#options.unhealthyAfterMs ?? UNHEALTHY_AFTER_MS,
    ).unref();
    if (trouble === 'refusal') this.#turnUnhealthy(reason);
    this.#settingsInARow = trouble === 'settings' ? this.#settingsInARow + 1 : 0;
    // A single answer may be a moment's mistake of something in between, and a critical entry shows the playbook as crashed.
    const isDoubtful = trouble === 'settings' && this.#settingsInARow < 2;
    if (trouble === 'later' || isDoubtful || this.#advised.has(trouble)) this.#warn(reason);
    else this.#advise(trouble, reason);
  }

  /** The intake answers, be it with a refusal; where it refuses every event that is no news. */
  answered(): void {
    if (!this.#advised.has('refusal')) this.over();
  }

  over(): void {
    if (this.#failures === 0) return;
    this.#options.log.info(`The intake at ${this.#options.host} takes events again.`);
    this.#options.health.restored(MATTER);
    this.#failures = 0;
    this.#settingsInARow = 0;
    this.#warnedMs = undefined;
    this.#advised.clear();
    this.pause();
  }

  /** Nobody is trying at present, so time that passes says nothing about the intake. */
  pause(): void {
    clearTimeout(this.#unhealthyTimer);
    this.#unhealthyTimer = undefined;
  }

  #turnUnhealthy(reason: string): void {
    this.#options.health.degraded(`The intake at ${this.#options.host} takes no events: ${reason}.`, MATTER);
  }

  #advise(trouble: Exclude<Trouble, 'later'>, reason: string): void {
    this.#advised.add(trouble);
    this.#options.log.critical(
      `The intake at ${this.#options.host} takes no events: ${reason}. ${ADVICE[trouble]} [SDK-INTAKE]`,
    );
  }

  #warn(reason: string): void {
    const now = this.#now();
    if (this.#warnedMs !== undefined && now - this.#warnedMs < WARNING_EVERY_MS) return;
    this.#warnedMs = now;
    this.#options.log.warning(
      `The intake at ${this.#options.host} takes no events: ${reason}. They are held and sent again; nothing is lost. If this lasts, check the intake's status and the network. [SDK-INTAKE]`,
    );
  }
}
