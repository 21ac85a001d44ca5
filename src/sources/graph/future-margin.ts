/** Answers of a second are cut to the second: no less keeps out of the service's future. */
const SMALLEST_MS = 1_000;
const MAX_MS = 64_000;
/**
 * So many ranges must be answered before a smaller margin is tried, and twice as many after each try that was refused.
 */
const FIRST_RETRY_POLICY = 8;
const MAX_RETRY_POLICY = 512;

/**
 * How far ranges stay behind the present. It doubles where the service takes the present for its future, and is halved
 * again once ranges have been answered for a while: a service whose clock was wrong for a moment must not cost a minute
 * until the next restart.
 */
export class FutureMargin {
  #ms = SMALLEST_MS;
  #answered = 0;
  #retryPolicy = FIRST_RETRY_POLICY;
  #isTrying = false;

  get ms(): number {
    return this.#ms;
  }

  /** The service took the end of a range for its future. */
  refused(): void {
    if (this.#isTrying) this.#retryPolicy = Math.min(this.#retryPolicy * 2, MAX_RETRY_POLICY);
    this.#isTrying = false;
    this.#answered = 0;
    this.#ms = Math.min(this.#ms * 2, MAX_MS);
  }

  /** It answered a range, whichever: how often a smaller margin is tried matters less than that it is. */
  answered(): void {
    if (this.#ms === SMALLEST_MS) return;
    this.#answered += 1;
    if (this.#answered < this.#retryPolicy) return;
    this.#answered = 0;
    this.#isTrying = true;
    this.#ms = Math.max(this.#ms / 2, SMALLEST_MS);
  }
}
