import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './contracts.js';

/** What the machine itself says of time. */
export interface SystemTime {
  /** Milliseconds since 1970. It may be wrong, and may be set at any moment. */
  wallMs(): number;
  /** Milliseconds since some moment; never set. */
  steadyMs(): number;
  /** Resolves early where the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

const systemTime: SystemTime = {
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
  sleep: async (durationMs, signal) => {
    await delay(Math.min(durationMs, longestTimerMs), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};

/**
 * The system's clock, corrected by the Date header of Microsoft's answers: a clock that runs ahead would have ranges "in the future"
 * refused, one that is behind would delay events. Between answers time passes monotonically, so that setting the system's clock
 * while the module runs changes nothing.
 */
export class ServerClock implements Clock {
  readonly #time: SystemTime;
  readonly #startedAt: number;
  #correctionMs = 0;
  #isConfirmed = false;
  /** What one answer would have the correction be, against all others. */
  #doubtedMs = NaN;
  readonly #onSleep: (durationMs: number) => void;

  /** @param onSleep called with the duration of each sleep as it begins */
  constructor(onSleep: (durationMs: number) => void = () => undefined, time: SystemTime = systemTime) {
    this.#onSleep = onSleep;
    this.#time = time;
    this.#startedAt = time.wallMs() - time.steadyMs();
  }

  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  now(): number {
    return this.#startedAt + this.#time.steadyMs() + this.#correctionMs;
  }

  mark(): () => number {
    const at = this.#time.steadyMs();
    return () => this.#startedAt + at + this.#correctionMs;
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || durationMs <= 0) return;
    this.#onSleep(durationMs);
    await this.#time.sleep(durationMs, signal);
  }

  /** What the clock is corrected by, in milliseconds; positive where the system's clock is behind. */
  get correctionMs(): number {
    return this.#correctionMs;
  }

  /**
   * Takes an answer's date (milliseconds, cut to the second, made between the two marks). Such a date leaves a range of possible errors;
   * the correction moves only if it lies outside, and then only to its edge: a right clock is never disturbed by rounding.
   * A date that is far off is believed only once a second one agrees with it: something between here and Microsoft may answer too, with a
   * clock of its own.
   */
  observe(dateMs: number, sentAt: () => number, receivedAt: () => number): void {
    const tooSlowBy = dateMs - receivedAt();
    const tooFastBy = sentAt() - (dateMs + 1000);
    const moveMs = tooSlowBy > 0 ? tooSlowBy : tooFastBy > 0 ? -tooFastBy : 0;
    const correctionMs = this.#correctionMs + moveMs;
    if (Math.abs(moveMs) > credibleMoveMs && !(Math.abs(correctionMs - this.#doubtedMs) < agreementMs)) {
      this.#doubtedMs = correctionMs;
      return;
    }
    this.#doubtedMs = NaN;
    this.#correctionMs = correctionMs;
    this.#isConfirmed = true;
  }
}

const credibleMoveMs = 300_000;
const agreementMs = 60_000;
const longestTimerMs = 2 ** 31 - 1;
