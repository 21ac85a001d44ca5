import {
  REPORTED_REQUESTS_WITHOUT_PROGRESS,
  REQUEST_WITHOUT_PROGRESS_EVERY_MS,
  REQUESTS_PAID_BY_PROGRESS,
  REQUESTS_WITHOUT_PROGRESS,
  sleep,
} from '@sekoia/automation-sdk-shim';

export interface RequestBudgetOptions {
  /** Milliseconds since any instant; never set back. */
  readonly now: () => number;
  readonly sleep?: (durationMs: number, signal: AbortSignal) => Promise<unknown>;
  /** Called with true when requests lead to nothing for long, and with false once they lead to something again. */
  readonly onChange?: (isFutile: boolean) => void;
}

/**
 * So much of the budget must be there again after requests had to wait: progress beside a futile search changes little.
 */
const RECOVERED = REQUESTS_WITHOUT_PROGRESS / 10;

/**
 * Lets a bounded number of requests without progress be made as fast as they are answered, and then one at a time,
 * whatever makes them: a service can answer every question and still lead to nothing, by links, pages and rows in any
 * combination. Only what comes of the answers shows that: see `progressed`.
 */
export class RequestBudget {
  readonly #options: RequestBudgetOptions;
  /** Requests that may be made at once. Negative while some wait. */
  #left = REQUESTS_WITHOUT_PROGRESS;
  #countedAtMs: number;
  /** Since there was progress of any kind. */
  #inARow = 0;
  #isFutile = false;

  constructor(options: RequestBudgetOptions) {
    this.#options = options;
    this.#countedAtMs = options.now();
  }

  /** Waits until one more request may be made, and counts it. Rejects when the signal is aborted. */
  async take(signal: AbortSignal): Promise<void> {
    this.#regain();
    this.#left -= 1;
    this.#inARow += 1;
    if (this.#left < 0 || this.#inARow >= REPORTED_REQUESTS_WITHOUT_PROGRESS) this.#change(true);
    if (this.#left >= 0) return;
    await (this.#options.sleep ?? sleep)(-this.#left * REQUEST_WITHOUT_PROGRESS_EVERY_MS, signal);
    signal.throwIfAborted();
  }

  /** So many requests were worth it: they brought rows that were not known, or completed the reading of a range. */
  progressed(requests: number): void {
    this.#regain();
    this.#inARow = 0;
    this.#add(requests * REQUESTS_PAID_BY_PROGRESS);
  }

  #regain(): void {
    const nowMs = this.#options.now();
    this.#add((nowMs - this.#countedAtMs) / REQUEST_WITHOUT_PROGRESS_EVERY_MS);
    this.#countedAtMs = nowMs;
  }

  #add(requests: number): void {
    this.#left = Math.min(REQUESTS_WITHOUT_PROGRESS, this.#left + requests);
    if (this.#left >= RECOVERED && this.#inARow < REPORTED_REQUESTS_WITHOUT_PROGRESS) this.#change(false);
  }

  #change(isFutile: boolean): void {
    if (isFutile === this.#isFutile) return;
    this.#isFutile = isFutile;
    this.#options.onChange?.(isFutile);
  }
}
