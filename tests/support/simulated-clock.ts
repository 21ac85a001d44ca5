import type { Clock } from '../../src/model/ports.js';

/**
 * A clock that stands still until code sleeps or works on it. `errorMs` is how wrong the module's own clock is until an
 * answer of Microsoft's corrects it.
 */
export class SimulatedClock implements Clock {
  trueMs: number;
  errorMs = 0;
  /** What the system's clock is wrong by, uncorrected. */
  systemErrorMs = 0;
  /** Set by the simulated Microsoft, with an answer. */
  isConfirmed = false;
  readonly #onSleep: ((untilMs: number) => void) | undefined;

  constructor(startMs: number, onSleep?: (untilMs: number) => void) {
    this.trueMs = startMs;
    this.#onSleep = onSleep;
  }

  now(): number {
    return this.trueMs + this.errorMs;
  }

  get correctionMs(): number {
    return this.errorMs;
  }

  systemMs(): number {
    return this.trueMs + this.systemErrorMs;
  }

  mark(): () => number {
    const at = this.trueMs;
    return () => at + this.errorMs;
  }

  work(durationMs: number): void {
    this.trueMs += durationMs;
  }

  sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted && durationMs > 0) this.trueMs += durationMs;
    this.#onSleep?.(this.trueMs);
    return Promise.resolve();
  }
}
