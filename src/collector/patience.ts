import type { Clock, CollectorLog, Monitor } from './contracts.js';
import { NotReadyError, sentenceOn, SettingsError, StorageError, UnavailableError } from '../errors.js';

const second = 1000;
const minute = 60 * second;

/** How long to wait after the nth failure in a row: doubling, up to a longest wait. Milliseconds. */
interface Waits {
  readonly first: number;
  readonly longest: number;
}

/** A service that is away is asked again soon; a person who must act first is not helped by that, and accounts get locked. */
const retryWaits: Waits = { first: second, longest: minute };
const settingsWaits: Waits = { first: minute, longest: 60 * minute };
const notReadyWaits: Waits = { first: 5 * minute, longest: 5 * minute };

export function waitAfter(failures: number, { first, longest }: Waits): number {
  return Math.min(first * 2 ** Math.max(0, failures - 1), longest);
}

/** Waits out what is wrong, tells the operator once a minute at most, and says when it works again. */
export class Patience {
  readonly #parts: { readonly clock: Clock; readonly monitor: Monitor; readonly log: CollectorLog };
  /** By class of error: an outage of the service says nothing about the account, and a wrong password stays wrong meanwhile. */
  readonly #failures = new Map<string, number>();
  #failingSince: number | undefined;
  #told: { readonly name: string; readonly at: number } | undefined;

  constructor(parts: { readonly clock: Clock; readonly monitor: Monitor; readonly log: CollectorLog }) {
    this.#parts = parts;
  }

  /** Waits as the class of the error asks for; throws what has none. */
  async wait(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    if (error instanceof UnavailableError) {
      this.retrying(error);
      await clock.sleep(Math.max(this.#failed(error, retryWaits), error.retryAfterMs), signal);
    } else if (error instanceof SettingsError) {
      const waitMs = this.#failed(error, settingsWaits);
      log.critical(sentenceOn(error, `Trying again in ${waitMs / minute} min; nothing is lost meanwhile.`));
      await clock.sleep(waitMs, signal);
    } else if (error instanceof NotReadyError) {
      const waitMs = this.#failed(error, notReadyWaits);
      log.warning(sentenceOn(error, `Trying again every ${waitMs / minute} min; nothing is lost meanwhile.`));
      await clock.sleep(waitMs, signal);
    } else if (error instanceof StorageError) {
      if (this.#isNews(error)) log.critical(sentenceOn(error, 'Nothing more is read until it works.'));
      await clock.sleep(this.#failed(error, retryWaits), signal);
    } else {
      throw error;
    }
  }

  /** A failure that is tried again: told once a minute, however many there are. */
  retrying(error: UnavailableError): void {
    if (this.#isNews(error)) this.#parts.log.warning(sentenceOn(error, 'Nothing is lost; trying again.'));
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

  /** Reading has succeeded. */
  restored(): void {
    if (this.#failingSince === undefined) return;
    const minutes = Math.ceil((this.#parts.clock.now() - this.#failingSince) / minute);
    this.#failures.clear();
    this.#failingSince = undefined;
    this.#parts.monitor.troubled(undefined);
    this.#parts.log.info(`Reading works again after ${minutes} min; what was missed is being read now.`);
  }

  /** Whether a minute has passed since the operator was told of an error of this class. */
  #isNews(error: Error): boolean {
    const now = this.#parts.clock.now();
    if (this.#told?.name === error.name && now - this.#told.at < minute) return false;
    this.#told = { name: error.name, at: now };
    return true;
  }

  #failed(error: Error, waits: Waits): number {
    const failures = (this.#failures.get(error.name) ?? 0) + 1;
    this.#failures.set(error.name, failures);
    this.#failingSince ??= this.#parts.clock.now();
    this.#parts.monitor.troubled(error.message);
    return waitAfter(failures, waits);
  }
}
