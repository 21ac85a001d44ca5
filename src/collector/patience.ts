import type { Clock, CollectorLog, Monitor } from './contracts.js';
import { NotReadyError, sentenceOn, SettingsError, StorageError, UnavailableError } from '../errors.js';
import type { RefusedSignIn, SignInBackoff } from './sign-in-backoff.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long to wait after the nth failure in a row: doubling, up to a longest wait. Milliseconds. */
interface Waits {
  readonly first: number;
  readonly longest: number;
}

/** A service that is away is asked again soon; a person who must act first is not helped by that, and accounts get locked. */
const retryWaits: Waits = { first: second, longest: minute };
const settingsWaits: Waits = { first: minute, longest: 10 * minute };
/** Where each try counts towards locking an account. */
const lockingWaits: Waits = { first: minute, longest: hour };
const notReadyWaits: Waits = { first: 5 * minute, longest: 5 * minute };

/** A session that worked so recently is more likely disturbed than misconfigured. */
const recentlyMs = hour;
/** So many refusals in a row are no disturbance. */
const settingsAfterRefusals = 3;
/** What lasts so long is an error, not a warning. */
const errorAfterMs = 5 * minute;

export function waitAfter(failures: number, { first, longest }: Waits): number {
  return Math.min(first * 2 ** Math.max(0, failures - 1), longest);
}

interface Parts {
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly log: CollectorLog;
  /** Keeps the waits after refused credentials across restarts. */
  readonly signIn?: SignInBackoff | undefined;
}

/**
 * Waits out what is wrong and reports it: a warning once a minute at most, an error once it has lasted 5 minutes, and
 * critical only where a person must change a setting: at the third refusal in a row, or at once where nothing has
 * worked in the last hour.
 */
export class Patience {
  readonly #parts: Parts;
  /** By class of error: an outage of the service says nothing about the account, and a wrong password stays wrong meanwhile. */
  readonly #failures = new Map<string, number>();
  /** When reading worked last. */
  #workedAt = -Infinity;
  #failingSince: number | undefined;
  /** Like it, but failures that were tried again at once count, too. */
  #disturbedSince: number | undefined;
  #told: { readonly name: string; readonly at: number } | undefined;
  #isEscalated = false;
  #isCritical = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Waits as long as was left to wait when the process ended, where Microsoft had refused the same credentials before. */
  async resume(signal: AbortSignal): Promise<void> {
    const { signIn, clock, log, monitor } = this.#parts;
    if (signIn === undefined) return;
    const refused = await this.untilStored(() => signIn.load(), signal);
    if (refused === undefined) return;
    this.#failures.set(SettingsError.name, refused.refusals);
    // A clock that was wrong must not keep the module waiting for longer than it ever would.
    const waitMs = Math.min(refused.nextTryMs - clock.now(), lockingWaits.longest);
    if (waitMs <= 0) return;
    const message = `Microsoft refused these credentials before the restart (refusals in a row: ${refused.refusals}). So that the account does not get locked, the next try is in ${Math.ceil(waitMs / minute)} min. Correct the settings to try at once; no data is lost. [MT-SETTINGS]`;
    this.#failingSince = clock.now();
    monitor.troubled({ status: 'misconfigured', reason: message });
    log.warning(message);
    await clock.sleep(waitMs, signal);
  }

  /** Waits as the class of the error asks for; throws what has none. */
  async wait(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    if (error instanceof UnavailableError) {
      this.retrying(error);
      await clock.sleep(Math.max(this.#failed(error, retryWaits), error.retryAfterMs), signal);
    } else if (error instanceof SettingsError) {
      await this.#refused(error, signal);
    } else if (error instanceof NotReadyError) {
      const waitMs = this.#failed(error, notReadyWaits);
      log.warning(sentenceOn(error, `Trying again every ${waitMs / minute} min; nothing is lost meanwhile.`));
      await clock.sleep(waitMs, signal);
    } else if (error instanceof StorageError) {
      this.#report(error, 'Nothing more is read until it works.');
      await clock.sleep(this.#failed(error, retryWaits), signal);
    } else {
      throw error;
    }
  }

  /** A failure that is tried again: reported once a minute, however many there are. */
  retrying(error: UnavailableError): void {
    this.#report(error, 'Nothing is lost; trying again.');
  }

  /** Repeats an action on the data folder until it succeeds: what was delivered must be remembered before anything else is read. */
  async untilStored<Result>(action: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof StorageError) || signal.aborted) throw error;
        await this.wait(error, signal);
      }
    }
  }

  /** A page was answered: the session works, whatever becomes of the range. What was refused before it was a stray answer. */
  answered(): void {
    if (this.#isCritical) return;
    this.#workedAt = this.#parts.clock.now();
    this.#failures.delete(SettingsError.name);
  }

  /** Reading has succeeded. */
  async worked(signal: AbortSignal): Promise<void> {
    const { clock, signIn } = this.#parts;
    this.#workedAt = clock.now();
    if (signIn !== undefined) await this.untilStored(() => signIn.clear(), signal);
    this.restored();
  }

  /** What failed works again. */
  restored(): void {
    const since = this.#failingSince;
    this.#failures.clear();
    this.#disturbedSince = undefined;
    this.#isEscalated = false;
    this.#isCritical = false;
    this.#failingSince = undefined;
    if (since === undefined) return;
    const minutes = Math.ceil((this.#parts.clock.now() - since) / minute);
    this.#parts.monitor.troubled(undefined);
    this.#parts.log.info(`Reading works again after ${minutes} min; what was missed is being read now.`);
  }

  async #refused(error: SettingsError, signal: AbortSignal): Promise<void> {
    const { clock, log, monitor } = this.#parts;
    const refusals = this.#count(error, error.refusals);
    const workedRecently = clock.now() - this.#workedAt < recentlyMs;
    if (workedRecently && refusals < settingsAfterRefusals) {
      const waitMs = waitAfter(refusals, retryWaits);
      monitor.troubled({ status: 'degraded', reason: error.message });
      log.warning(sentenceOn(error, `It worked before, so this may pass: trying again in ${waitMs / second} s.`));
      await clock.sleep(waitMs, signal);
      return;
    }
    const lasting = workedRecently ? refusals - settingsAfterRefusals + 1 : refusals;
    const waitMs = waitAfter(lasting, error.mayLock ? lockingWaits : settingsWaits);
    monitor.troubled({ status: 'misconfigured', reason: error.message });
    const nextTryMs = clock.now() + waitMs;
    await this.#remember({ refusals: lasting, nextTryMs });
    const message = sentenceOn(error, `Trying again in ${waitMs / minute} min; nothing is lost meanwhile.`);
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

  /** A warning once a minute, and once an error when it has lasted. */
  #report(error: UnavailableError | StorageError, next: string): void {
    const { clock, log } = this.#parts;
    const now = clock.now();
    this.#disturbedSince ??= now;
    if (!this.#isEscalated && now - this.#disturbedSince >= errorAfterMs) {
      this.#isEscalated = true;
      const minutes = Math.floor((now - this.#disturbedSince) / minute);
      log.error(sentenceOn(error, `This has lasted ${minutes} min. ${next}`));
    } else if (this.#told?.name !== error.name || now - this.#told.at >= minute) {
      log.warning(sentenceOn(error, next));
    } else return;
    this.#told = { name: error.name, at: now };
  }

  #failed(error: Error, waits: Waits): number {
    this.#parts.monitor.troubled({ status: 'degraded', reason: error.message });
    return waitAfter(this.#count(error), waits);
  }

  #count(error: Error, times = 1): number {
    const failures = (this.#failures.get(error.name) ?? 0) + times;
    this.#failures.set(error.name, failures);
    this.#failingSince ??= this.#parts.clock.now();
    return failures;
  }
}
