import { SECOND_TO_MINUTE, backoffMs, type Backoff } from '../retry.js';
import { RequestedWaits } from '../http/retry-after.js';
import type { Wait } from './batch-plan.js';

/** Three failures in a row are common while a third of the answers fail, and then the next try is likely to succeed. */
const FOR_A_FAILURE: Backoff = { ...SECOND_TO_MINUTE, steady: 3 };
/** A new intake takes minutes to be known. Two seconds for the case that it was nearly ready. */
const FOR_A_KEY: Backoff = { firstMs: 2_000, maxMs: 300_000 };

export interface WaitOptions {
  readonly backoff?: Backoff | undefined;
  readonly keyBackoff?: Backoff | undefined;
}

/** How long to wait between requests that achieve nothing. */
export class Waits {
  readonly #backoff: Backoff;
  readonly #keyBackoff: Backoff;
  readonly #requested = new RequestedWaits();
  #failures = 0;
  #keyFailures = 0;

  constructor({ backoff = FOR_A_FAILURE, keyBackoff = FOR_A_KEY }: WaitOptions) {
    this.#backoff = backoff;
    this.#keyBackoff = keyBackoff;
  }

  /** In ms; `askedMs` is what the intake asks for, `random` lies in [0, 1). */
  nextMs(wait: Wait, askedMs: number | undefined, random: number): number {
    const obeyedMs = askedMs === undefined ? undefined : this.#requested.obey(askedMs);
    if (wait === 'none') return 0;
    if (wait === 'moment') return this.#backoff.firstMs;
    if (wait === 'failure') {
      this.#failures += 1;
      // "Retry-After: 0" is a permission to come back, not to hammer.
      if (obeyedMs !== undefined) return Math.max(obeyedMs, this.#backoff.firstMs);
      return backoffMs(this.#backoff, this.#failures, random);
    }
    const { firstMs, maxMs } = this.#keyBackoff;
    const fullMs = Math.min(maxMs, firstMs * 2 ** this.#keyFailures);
    this.#keyFailures += 1;
    // Spread upwards only: asking for an unknown key more often than this achieves nothing.
    return Math.max(Math.min(maxMs, fullMs * (1 + random / 4)), obeyedMs ?? 0);
  }

  /** The intake took something. */
  reset(): void {
    this.#requested.answered();
    this.#failures = 0;
    this.#keyFailures = 0;
  }
}
