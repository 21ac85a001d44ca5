import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './contracts.js';

/**
 * The system's clock, corrected by the Date header of Microsoft's answers: a clock that runs ahead would have ranges "in the future"
 * refused, one that is behind would delay events. Between answers time passes monotonically, so that setting the system's clock
 * while the module runs changes nothing.
 */
export class ServerClock implements Clock {
  readonly #startedAt = Date.now() - performance.now();
  #correctionMs = 0;
  #isConfirmed = false;

  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  now(): number {
    return this.#startedAt + performance.now() + this.#correctionMs;
  }

  mark(): () => number {
    const at = performance.now();
    return () => this.#startedAt + at + this.#correctionMs;
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || durationMs <= 0) return;
    await delay(Math.min(durationMs, longestTimerMs), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** What the clock is corrected by, in milliseconds; positive where the system's clock is behind. */
  get correctionMs(): number {
    return this.#correctionMs;
  }

  /**
   * Takes an answer's date (milliseconds, cut to the second, made between the two marks). Such a date leaves a range of possible errors;
   * the correction moves only if it lies outside, and then only to its edge: a right clock is never disturbed by rounding.
   */
  observe(dateMs: number, sentAt: () => number, receivedAt: () => number): void {
    this.#isConfirmed = true;
    const tooSlowBy = dateMs - receivedAt();
    const tooFastBy = sentAt() - (dateMs + 1000);
    if (tooSlowBy > 0) this.#correctionMs += tooSlowBy;
    else if (tooFastBy > 0) this.#correctionMs -= tooFastBy;
  }
}

const longestTimerMs = 2 ** 31 - 1;
