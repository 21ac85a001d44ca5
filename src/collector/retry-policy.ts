import type { Clock, CollectorLog, Matter, Monitor, Trouble } from '../model/ports.js';
import { NotReadyError, sentenceOn, SettingsError, StorageError, UnavailableError } from '../model/errors.js';
import {
  maxRefusedWait,
  NO_REFUSALS,
  NOT_READY_WAITS,
  onHttpError,
  type Refusals,
  type RefusedSignIn,
  type Reports,
  RETRY_WAITS,
  severityOf,
  type SignInBackoff,
  waitAfter,
  type Waits,
} from './wait-policy.js';
import { isReportedAtOnce, pauseOf, troubleOf } from './reporter.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

interface Parts {
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly log: CollectorLog;
  /** Keeps the waits after refused credentials across restarts. */
  readonly signIn?: SignInBackoff | undefined;
}

/**
 * Waits out what is wrong and reports it: a warning once a minute at most, an error once it has lasted 5 minutes, and
 * critical only where a person must change a setting. How long and how loudly, wait-policy.ts decides.
 */
export class RetryPolicy {
  readonly #parts: Parts;
  /** By class of error: an outage of the service says nothing about the data folder. */
  readonly #failures = new Map<string, number>();
  #refusals: Refusals = NO_REFUSALS;
  /** When reading worked last. */
  #workedAt = -Infinity;
  #failingSince: number | undefined;
  /** Since when failures are reported, those included that were tried again at once. */
  #disturbedSince: number | undefined;
  #reported: Reports['last'];
  #isEscalated = false;
  #isCritical = false;
  /** Failures in a row that were tried again at once. */
  #tries = 0;
  #readFailures = 0;
  /** What the monitor was told is in trouble. */
  readonly #troubled = new Set<Matter>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Waits as long as was left to wait when the process ended, where the service had refused the same credentials
   * before.
   */
  async resume(signal: AbortSignal): Promise<void> {
    const { signIn, clock, log } = this.#parts;
    if (signIn === undefined) return;
    const refused = await this.retryUntilStored(() => signIn.load(), signal);
    if (refused === undefined) return;
    this.#refusals = { ...NO_REFUSALS, settled: refused.refusals };
    // A clock that was wrong must not keep the module waiting for longer than it ever would.
    const waitMs = Math.min(refused.nextTryMs - clock.now(), maxRefusedWait(refused.refusals));
    if (waitMs <= 0) return;
    const message = `These credentials were refused before the restart (refusals in a row: ${refused.refusals}). So that the account does not get locked, the next try is in ${Math.ceil(waitMs / MINUTE_MS)} min. Correct the settings to try at once; no data is lost. [MT-SETTINGS]`;
    this.#failingSince = clock.now();
    this.#trouble({ matter: 'sign-in', status: 'misconfigured', reason: message });
    log.warning(message);
    await clock.sleep(waitMs, signal);
  }

  /** How often reading has failed since the start, tries that were repeated at once included. */
  get readFailures(): number {
    return this.#readFailures;
  }

  /** Waits as the class of the error asks for; throws what has none. */
  async wait(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    if (!(error instanceof StorageError)) this.#readFailures += 1;
    if (error instanceof UnavailableError) {
      await this.#away(error, signal);
    } else if (error instanceof SettingsError) {
      await this.#refused(error, signal);
    } else if (error instanceof NotReadyError) {
      const waitMs = this.#count(error, NOT_READY_WAITS);
      this.#trouble(troubleOf(error, clock.now()));
      log.warning(sentenceOn(error, `Trying again every ${waitMs / MINUTE_MS} min; nothing is lost meanwhile.`));
      await clock.sleep(waitMs, signal);
    } else if (error instanceof StorageError) {
      this.#report(error, 'Nothing more is read until it works.');
      this.#trouble(troubleOf(error, clock.now()));
      await clock.sleep(this.#count(error, RETRY_WAITS), signal);
    } else {
      throw error;
    }
  }

  /** A failure of a page that is asked for again: reported once a minute, however many there are. */
  retrying(error: UnavailableError): void {
    const nowMs = this.#parts.clock.now();
    this.#tries += 1;
    this.#readFailures += 1;
    this.#report(error, nextOf(error, nowMs));
    if (isReportedAtOnce(error, this.#tries)) this.#trouble(troubleOf(error, nowMs));
  }

  /**
   * Repeats an action on the data folder until it succeeds: what was delivered must be remembered before anything else
   * is read.
   */
  async retryUntilStored<Result>(action: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (;;) {
      try {
        const result = await action();
        this.#recovered('data folder');
        return result;
      } catch (error) {
        if (!(error instanceof StorageError) || signal.aborted) throw error;
        await this.wait(error, signal);
      }
    }
  }

  /**
   * A page was answered: the session works, whatever becomes of the range. What was refused before it was a stray
   * answer.
   */
  answered(): void {
    // What was only tried again at once is over; a range that failed is over when a range is read.
    if (this.#tries > 0 && this.#failingSince === undefined) this.#recovered('reading');
    this.#tries = 0;
    if (this.#isCritical) return;
    this.#workedAt = this.#parts.clock.now();
    this.#refusals = NO_REFUSALS;
  }

  /** Reading has succeeded. */
  async worked(signal: AbortSignal): Promise<void> {
    const { clock, signIn } = this.#parts;
    this.#workedAt = clock.now();
    if (signIn !== undefined) await this.retryUntilStored(() => signIn.clear(), signal);
    this.restored();
  }

  /** What failed works again. */
  restored(): void {
    const since = this.#failingSince;
    this.#failures.clear();
    this.#refusals = NO_REFUSALS;
    this.#tries = 0;
    this.#disturbedSince = undefined;
    this.#isEscalated = false;
    this.#isCritical = false;
    this.#failingSince = undefined;
    for (const matter of this.#troubled) this.#recovered(matter);
    if (since === undefined) return;
    const minutes = Math.ceil((this.#parts.clock.now() - since) / MINUTE_MS);
    this.#parts.log.info(`Reading works again after ${minutes} min; what was missed is being read now.`);
  }

  async #away(error: UnavailableError, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const waitMs = Math.max(this.#count(error, RETRY_WAITS), error.retryAfterMs);
    const failure = error.retryAfterMs > 0 ? error.waitingFor(waitMs) : error;
    this.#report(failure, nextOf(failure, clock.now()));
    this.#trouble(troubleOf(failure, clock.now()));
    await clock.sleep(waitMs, signal);
  }

  async #refused(error: SettingsError, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const nowMs = clock.now();
    this.#failingSince ??= nowMs;
    const { isSettled, waitMs, next } = onHttpError(this.#refusals, error, nowMs - this.#workedAt);
    this.#refusals = next;
    this.#trouble(troubleOf(error, nowMs, isSettled));
    if (!isSettled) {
      log.warning(sentenceOn(error, `It worked before, so this may pass: trying again in ${waitMs / SECOND_MS} s.`));
      await clock.sleep(waitMs, signal);
      return;
    }
    const nextTryMs = nowMs + waitMs;
    await this.#remember({ refusals: next.settled, nextTryMs });
    const message = sentenceOn(error, `Trying again in ${waitMs / MINUTE_MS} min; nothing is lost meanwhile.`);
    if (this.#isCritical) log.error(message);
    else log.critical(message);
    this.#isCritical = true;
    await clock.sleep(nextTryMs - clock.now(), signal);
  }

  /** Where it cannot be stored, a restart shortens the wait: that is no reason not to report what is wrong. */
  async #remember(refused: RefusedSignIn): Promise<void> {
    try {
      await this.#parts.signIn?.save(refused);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  #report(error: UnavailableError | StorageError, next: string): void {
    const { clock, log } = this.#parts;
    const nowMs = clock.now();
    const sinceMs = (this.#disturbedSince ??= nowMs);
    const severity = severityOf({ sinceMs, isEscalated: this.#isEscalated, last: this.#reported }, error.name, nowMs);
    if (severity === 'none') return;
    this.#reported = { name: error.name, atMs: nowMs };
    if (severity === 'warning') {
      log.warning(sentenceOn(error, next));
      return;
    }
    this.#isEscalated = true;
    const minutes = Math.floor((nowMs - sinceMs) / MINUTE_MS);
    log.error(sentenceOn(error, `This has lasted ${minutes} min. ${next}`));
  }

  /** Counts a failure, and says how long to wait. */
  #count(error: Error, waits: Waits): number {
    this.#failingSince ??= this.#parts.clock.now();
    const failures = (this.#failures.get(error.name) ?? 0) + 1;
    this.#failures.set(error.name, failures);
    return waitAfter(failures, waits);
  }

  #trouble(trouble: Trouble): void {
    this.#troubled.add(trouble.matter);
    this.#parts.monitor.troubled(trouble);
  }

  #recovered(matter: Matter): void {
    if (this.#troubled.delete(matter)) this.#parts.monitor.recovered(matter);
  }
}

function nextOf(error: UnavailableError, nowMs: number): string {
  const pause = pauseOf(error, nowMs);
  return pause === undefined ? 'Nothing is lost; trying again.' : `${pause} Nothing is lost.`;
}
