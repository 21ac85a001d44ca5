import { waitBy } from './fast-forward.js';
import { SimulatedClock } from './simulated-clock.js';

interface Appointment {
  readonly atMs: number;
  readonly happen: () => void;
}

/** A simulated clock on which things happen when their time comes, also in the middle of a sleep. */
export class FakeClock extends SimulatedClock {
  readonly #appointments = new Set<Appointment>();

  /** @returns what cancels it */
  at(atMs: number, happen: () => void): () => void {
    const appointment = { atMs, happen };
    this.#appointments.add(appointment);
    return () => void this.#appointments.delete(appointment);
  }

  override work(durationMs: number): void {
    const untilMs = this.trueMs + durationMs;
    for (;;) {
      const [next] = [...this.#appointments].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#appointments.delete(next);
      this.trueMs = Math.max(this.trueMs, next.atMs);
      next.happen();
    }
    this.trueMs = untilMs;
  }

  override async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted && durationMs > 0) this.work(durationMs);
    // Everyone else who waits for an answer gets a turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Lets the waits of the code under test pass on a simulated clock, until the test ends. One thing is done at a time.
 */
export function waitOn(clock: FakeClock): void {
  waitBy({ sleep: (ms, signal) => clock.sleep(ms, signal), after: (ms, then) => clock.at(clock.trueMs + ms, then) });
}
