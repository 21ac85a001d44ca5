import type { SystemTime } from '../../src/collector/clock.js';

/** A machine's time that stands still until code sleeps or works on it, with a wall clock that may be wrong. */
export class SimulatedTime implements SystemTime {
  trueMs: number;
  wallErrorMs = 0;
  readonly #startMs: number;
  readonly #onSleep: () => void;

  constructor(startMs: number, onSleep: () => void = () => undefined) {
    this.trueMs = startMs;
    this.#startMs = startMs;
    this.#onSleep = onSleep;
  }

  wallMs(): number {
    return this.trueMs + this.wallErrorMs;
  }

  steadyMs(): number {
    return this.trueMs - this.#startMs;
  }

  work(durationMs: number): void {
    this.trueMs += durationMs;
  }

  sleep(durationMs: number): Promise<void> {
    this.work(durationMs);
    this.#onSleep();
    return Promise.resolve();
  }
}
