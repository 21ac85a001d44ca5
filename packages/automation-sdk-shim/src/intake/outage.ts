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
 * Tells of a time in which the intake takes no events: a warning at most once a minute, one critical entry where a
 * person must act, unhealthy after 10 minutes, and an info when it is over.
 */
export class Outage {
  readonly #options: OutageOptions;
  readonly #now: () => number;
  #failures = 0;
  #warnedMs: number | undefined;
  #criticalSaid = false;
  #unhealthyTimer: NodeJS.Timeout | undefined;

  constructor(options: OutageOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Failed tries so far, without a success between them. */
  get failures(): number {
    return this.#failures;
  }

  /** `reason` follows "The intake takes no events: ". `kind` settings means that a person must act. */
  failed(kind: 'settings' | 'later', reason: string): void {
    this.#failures += 1;
    // A timer and not a look at the clock here: the wait that the intake asks for can be longer than the limit.
    this.#unhealthyTimer ??= setTimeout(
      () => this.#turnUnhealthy(reason),
      this.#options.unhealthyAfterMs ?? UNHEALTHY_AFTER_MS,
    ).unref();
    if (kind === 'settings' && !this.#criticalSaid) this.#sayCritical(reason);
    else this.#warn(reason);
  }

  over(): void {
    if (this.#failures === 0) return;
    this.#options.log.info(`The intake at ${this.#options.host} takes events again.`);
    this.#options.health.healthy(MATTER);
    this.#failures = 0;
    this.#warnedMs = undefined;
    this.#criticalSaid = false;
    this.pause();
  }

  /** Nobody is trying at present, so time that passes says nothing about the intake. */
  pause(): void {
    clearTimeout(this.#unhealthyTimer);
    this.#unhealthyTimer = undefined;
  }

  #turnUnhealthy(reason: string): void {
    this.#options.health.unhealthy(`The intake at ${this.#options.host} takes no events: ${reason}.`, MATTER);
  }

  #sayCritical(reason: string): void {
    this.#criticalSaid = true;
    this.#options.log.critical(
      `The intake at ${this.#options.host} takes no events: ${reason}. The intake key or the intake server is wrong: correct the settings "intake_key" and "intake_server". The events are held and sent once that is done.`,
    );
  }

  #warn(reason: string): void {
    const now = this.#now();
    if (this.#warnedMs !== undefined && now - this.#warnedMs < WARNING_EVERY_MS) return;
    this.#warnedMs = now;
    this.#options.log.warning(
      `The intake at ${this.#options.host} takes no events: ${reason}. They are held and sent again; nothing is lost. If this lasts, check the intake's status and the network.`,
    );
  }
}
