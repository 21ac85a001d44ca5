import { UndeliveredError } from '../errors.js';
import type { Chunk, EncodedEvent, Rejection } from './chunks.js';

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
  #toldTo: number;

  constructor(chunk: Chunk) {
    this.#end = chunk.to;
    this.#toldTo = chunk.from;
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

  /** The settled events since the last call, as far as they are contiguous; undefined where there are none. */
  take(): Settled | undefined {
    const from = this.#toldTo;
    let to = from;
    while (to < this.#end && this.#settled.has(to)) to += 1;
    if (to === from) return undefined;
    this.#toldTo = to;
    const rejected: Rejection[] = [];
    for (let index = from; index < to; index += 1) {
      const reason = this.#settled.get(index);
      if (reason !== undefined) rejected.push({ index, reason });
    }
    return { from, to, rejected };
  }

  /** Of a stop now; `end` is where all events end, those of later chunks included. */
  undelivered(end: number): UndeliveredError {
    // What was taken beyond a gap has no receipt, and is sent again after the restart.
    const arrived = [...this.#settled].filter(([, reason]) => reason === undefined).map(([index]) => index);
    const doubtful = [...this.#uncertain, ...arrived].filter((index) => index >= this.#toldTo);
    const uncertain =
      doubtful.length === 0 ? undefined : { from: Math.min(...doubtful), to: Math.max(...doubtful) + 1 };
    return new UndeliveredError({ from: this.#toldTo, to: end }, uncertain);
  }
}
