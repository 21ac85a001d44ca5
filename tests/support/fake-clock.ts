import { jest } from '@jest/globals';
import { SimulatedClock } from './simulated-clock.js';

interface Appointment {
  readonly atMs: number;
  readonly happen: () => void;
}

/** Shorter timers are not waits, longer ones are limits for an answer or for an outage. */
const shortestWaitMs = 500;
const maxWaitMs = 59_999;

const reallySetTimeout = globalThis.setTimeout;
const reallyClearTimeout = globalThis.clearTimeout;

/** A simulated clock on which things happen when their time comes, also in the middle of a sleep. */
export class EventfulClock extends SimulatedClock {
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
 * Lets the waits of the code under test pass on a simulated clock. One thing is done at a time, so no other code needs
 * the time of a wait. Timers for more than a minute fire when the clock gets there. Lasts until
 * `jest.restoreAllMocks()`.
 */
export function waitOn(clock: EventfulClock): void {
  const cancels = new Map<unknown, () => void>();
  jest.spyOn(globalThis, 'setTimeout').mockImplementation((happen: () => void, waitMs = 0) => {
    if (waitMs < shortestWaitMs) return reallySetTimeout(happen, waitMs);
    if (waitMs <= maxWaitMs) {
      clock.work(waitMs);
      return reallySetTimeout(happen, 0);
    }
    const timer = reallySetTimeout(() => undefined, 0);
    cancels.set(timer, clock.at(clock.trueMs + waitMs, happen));
    return timer;
  });
  jest.spyOn(globalThis, 'clearTimeout').mockImplementation(((timer: NodeJS.Timeout | undefined) => {
    cancels.get(timer)?.();
    cancels.delete(timer);
    reallyClearTimeout(timer);
  }) as typeof clearTimeout);
}
