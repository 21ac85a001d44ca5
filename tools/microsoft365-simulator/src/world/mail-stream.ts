import type { Behaviour } from './mail-plan.js';

/**
 * Messages in the order in which they were received, each with one row per recipient. All that is stored is 12 bytes a
 * message and 4 bytes a row; everything else about a row is worked out from the stream's key and the row's number.
 */
export class MailStream {
  /** What everything random in this stream is derived from. */
  readonly key: number;
  /** The stream's number in its world: with the message's number it makes trace ids unique. */
  readonly number: number;
  readonly behaviour: Behaviour;
  #receivedMs = new Float64Array(0);
  #firstRow = new Uint32Array(0);
  #messageOf = new Uint32Array(0);
  #messages = 0;
  #rows = 0;

  constructor(key: number, number: number, behaviour: Behaviour) {
    this.key = key;
    this.number = number;
    this.behaviour = behaviour;
  }

  get messages(): number {
    return this.#messages;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Sets memory aside, so that appending that much does not copy. */
  reserve(messages: number, rows: number): void {
    if (messages > this.#receivedMs.length) {
      this.#receivedMs = grown(this.#receivedMs, new Float64Array(messages));
      this.#firstRow = grown(this.#firstRow, new Uint32Array(messages));
    }
    if (rows > this.#messageOf.length) this.#messageOf = grown(this.#messageOf, new Uint32Array(rows));
  }

  /** Adds a message; it must not have been received before the one added last. */
  append(receivedMs: number, recipients: number): void {
    const [messages, rows] = [this.#messages + 1, this.#rows + recipients];
    if (messages > this.#receivedMs.length) this.reserve(Math.max(64, messages * 2), 0);
    if (rows > this.#messageOf.length) this.reserve(0, Math.max(64, rows * 2));
    this.#receivedMs[this.#messages] = receivedMs;
    this.#firstRow[this.#messages] = this.#rows;
    this.#messageOf.fill(this.#messages, this.#rows, rows);
    this.#messages = messages;
    this.#rows = rows;
  }

  /** The number of the message that a row belongs to. */
  messageOf(row: number): number {
    const message = row < this.#rows ? this.#messageOf[row] : undefined;
    if (message === undefined) throw new RangeError(`There is no row ${row} in a stream of ${this.#rows}.`);
    return message;
  }

  /** Which of its message's recipients a row is about, from 0. */
  recipientOf(row: number): number {
    return row - (this.#firstRow[this.messageOf(row)] ?? 0);
  }

  receivedMs(row: number): number {
    return this.#receivedMs[this.messageOf(row)] ?? 0;
  }

  /**
   * How many rows were received before an instant, or up to and including it: also the number of the first row after.
   */
  rowsBefore(instantMs: number, { including }: { including: boolean }): number {
    let [low, high] = [0, this.#messages];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const receivedMs = this.#receivedMs[middle] ?? 0;
      if (receivedMs < instantMs || (including && receivedMs === instantMs)) low = middle + 1;
      else high = middle;
    }
    return low < this.#messages ? (this.#firstRow[low] ?? 0) : this.#rows;
  }
}

function grown<Numbers extends { set(values: Numbers): void }>(values: Numbers, larger: Numbers): Numbers {
  larger.set(values);
  return larger;
}
