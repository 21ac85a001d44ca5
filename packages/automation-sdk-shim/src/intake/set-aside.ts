import { RETRIED_REJECTION_CHARS } from '../budgets.js';
import type { EncodedEvent } from './chunks.js';
import type { Reading } from './reading.js';

/** Answers about the events and not about the intake: halves may be taken. */
const ABOUT_EVENTS: ReadonlySet<Reading['kind']> = new Set(['refused', 'short', 'unacknowledged'] as const);

/** So many single events for which the intake fails in a row are an outage, not their doing. */
const MAX_FAILURES_IN_A_ROW = 2;

/**
 * Events that were rejected without proof, to be tried once more when the intake takes others: as many at once as a
 * batch holds, then in halves. Those beyond what may be kept stay rejected.
 */
export class SetAside {
  readonly #maxEvents: number;
  /** The last is the next. */
  #parts: (readonly EncodedEvent[])[] = [];
  #chars = 0;
  #failuresInARow = 0;

  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  add(events: readonly EncodedEvent[]): void {
    const stored = events.filter(({ text }) => {
      const fits = this.#chars + text.length <= RETRIED_REJECTION_CHARS;
      if (fits) this.#chars += text.length;
      return fits;
    });
    for (let from = 0; from < stored.length; from += this.#maxEvents) {
      this.#parts.unshift(stored.slice(from, from + this.#maxEvents));
    }
  }

  /** What to send next; empty where nothing is left. */
  next(): readonly EncodedEvent[] {
    return this.#parts.at(-1) ?? [];
  }

  /** Whether to go on: not where the intake seems to take nothing any more. */
  learn(sent: readonly EncodedEvent[], reading: Reading): boolean {
    if (reading.kind === 'failed') return this.#learnFailure(sent);
    this.#failuresInARow = 0;
    const isTaken = reading.kind === 'taken';
    if (!isTaken && !ABOUT_EVENTS.has(reading.kind)) return false;
    this.#parts.pop();
    const again = isTaken ? sent.filter((_event, index) => reading.fates[index]?.kind !== 'accepted') : sent;
    const halves = sent.length === 1 ? [] : halvesOf(again);
    this.#parts.push(...halves);
    const left = new Set(halves.flat());
    this.#chars -= sent.filter((event) => !left.has(event)).reduce((sum, { text }) => sum + text.length, 0);
    return true;
  }

  /**
   * One event can make the intake fail for all that are sent with it: those are tried without it, and it comes last.
   */
  #learnFailure(sent: readonly EncodedEvent[]): boolean {
    this.#parts.pop();
    if (sent.length > 1) {
      this.#parts.push(...halvesOf(sent));
      return true;
    }
    this.#parts.unshift(sent);
    this.#failuresInARow += 1;
    if (this.#failuresInARow < MAX_FAILURES_IN_A_ROW) return true;
    this.#failuresInARow = 0;
    return false;
  }
}

/** The first half is the last, as that is the next. */
function halvesOf(events: readonly EncodedEvent[]): (readonly EncodedEvent[])[] {
  const middle = Math.ceil(events.length / 2);
  return [events.slice(middle), events.slice(0, middle)].filter(({ length }) => length > 0);
}
