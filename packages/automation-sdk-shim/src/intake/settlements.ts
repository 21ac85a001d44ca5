import { UndeliveredError } from '../errors.js';
import type { Chunk, EncodedEvent, Rejection } from './chunks.js';
import { UNACKNOWLEDGED_FOR_MS, UNACKNOWLEDGED_TRIES } from '../budgets.js';
import type { NotTaken } from './reading.js';

export interface Settled {
  readonly from: number;
  readonly to: number;
  readonly rejected: Rejection[];
}

/** What has become of the events of a chunk, by index, and how much of that was told already. */
export class Settlements {
  readonly #end: number;
  /** A text is the reason of a rejection, undefined an acknowledgement. */
  readonly #settled = new Map<number, string | undefined>();
  /** Sent without an answer that says whether they were taken. */
  readonly #uncertain = new Set<number>();
  readonly #told = new Set<number>();
  readonly #from: number;

  constructor(chunk: Chunk) {
    this.#end = chunk.to;
    this.#from = chunk.from;
    for (const { index, reason } of chunk.rejected) this.#settled.set(index, reason);
  }

  has({ index }: EncodedEvent): boolean {
    return this.#settled.has(index);
  }

  /** `reason` is that of a rejection, a sentence. */
  settle({ index }: EncodedEvent, reason: string | undefined): void {
    this.#settled.set(index, reason);
    this.#uncertain.delete(index);
  }

  mayHaveArrived(events: readonly EncodedEvent[]): void {
    for (const { index } of events) this.#uncertain.add(index);
  }

  /** The events that were settled since the last call, as stretches in order. */
  take(): Settled[] {
    const stretches: Settled[] = [];
    for (let index = this.#from; index < this.#end; index += 1) {
      if (!this.#settled.has(index) || this.#told.has(index)) continue;
      const from = index;
      const rejected: Rejection[] = [];
      for (; this.#settled.has(index) && !this.#told.has(index); index += 1) {
        this.#told.add(index);
        const reason = this.#settled.get(index);
        if (reason !== undefined) rejected.push({ index, reason });
      }
      stretches.push({ from, to: index, rejected });
    }
    return stretches;
  }

  /** Of a stop now; `end` is where all events end, those of later chunks included. */
  undelivered(end: number): UndeliveredError {
    let from = this.#from;
    while (from < this.#end && this.#told.has(from)) from += 1;
    const doubtful = [...this.#uncertain];
    const uncertain =
      doubtful.length === 0 ? undefined : { from: Math.min(...doubtful), to: Math.max(...doubtful) + 1 };
    return new UndeliveredError({ from, to: end }, uncertain);
  }
}

/** Whether an answer is a success that does not say which events it is about. */
export function isUnacknowledged({ kind }: NotTaken): boolean {
  return kind === 'short' || kind === 'unacknowledged';
}

/**
 * Counts how often, and for how long, a batch was answered so since the intake took something of it. Other failures in
 * between change nothing: an intake that alternates between the two must not hold the batch for ever.
 */
export class UnacknowledgedTries {
  #count = 0;
  #sinceMs = 0;

  get count(): number {
    return this.#count;
  }

  add(nowMs: number): void {
    if (this.#count === 0) this.#sinceMs = nowMs;
    this.#count += 1;
  }

  /** Whether that has lasted so long that the batch must no longer hold up all others. */
  isOver(nowMs: number): boolean {
    return this.#count >= UNACKNOWLEDGED_TRIES && nowMs - this.#sinceMs >= UNACKNOWLEDGED_FOR_MS;
  }

  reset(): void {
    this.#count = 0;
  }
}

/** Why an event is rejected, as a sentence. */
export function rejectionReason({
  kind,
  reason,
  perhapsDelivered,
}: Pick<NotTaken, 'kind' | 'reason' | 'perhapsDelivered'>): string {
  if (kind === 'refused' || !perhapsDelivered) return `The intake refused the event: ${reason}.`;
  return `The intake did not acknowledge the event, and may have stored it or not: ${reason}.`;
}
