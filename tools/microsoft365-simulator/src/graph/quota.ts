import type { GraphOptions } from './options.js';

type QuotaOptions = Pick<GraphOptions, 'quotaRequests' | 'quotaWindowMs' | 'quotaTakenByOthers'>;

/** Counts the requests of a running window. A request that is refused does not count. */
export class Quota {
  #takenMs: number[] = [];

  /** Takes one request's share: null, or, if none is left, how many milliseconds it is until one will be. */
  take(nowMs: number, { quotaRequests, quotaWindowMs, quotaTakenByOthers }: Readonly<QuotaOptions>): number | null {
    this.#takenMs = this.#takenMs.filter((takenMs) => takenMs > nowMs - quotaWindowMs);
    const ours = quotaRequests - quotaTakenByOthers;
    if (this.#takenMs.length < ours) {
      this.#takenMs.push(nowMs);
      return null;
    }
    const freed = this.#takenMs.at(-ours);
    return ours <= 0 || freed === undefined ? quotaWindowMs : freed + quotaWindowMs - nowMs;
  }
}
