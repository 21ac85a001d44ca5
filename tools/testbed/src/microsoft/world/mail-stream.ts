import type { Behaviour, BulkMail } from './mail-plan.js';
import { pickWeighted, unit, type Weighted } from '../../random.js';
import { trait } from './row-values.js';

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

const hourMs = 3_600_000;
const recipientCounts: Weighted<number> = [
  [2, 0.04],
  [5, 0.03],
  [50, 0.001],
  [1, 1],
];
/** Messages received in the same millisecond as the one before: collectors must not take a time for an identity. */
const sameInstantShare = 0.01;

/** Fills an empty stream with exactly that many rows, received at random times from an instant on, before another. */
export function arriveInBulk(stream: MailStream, { rows, from: fromMs, to: toMs, recipients }: BulkMail): void {
  const recipientsIn = (message: number): number => recipients ?? recipientsOf(stream, message);
  let [messages, missing] = [0, rows];
  for (; missing > 0; messages++) missing -= recipientsIn(messages);

  const times = new Float64Array(messages);
  for (let message = 0; message < messages; message++) {
    // Rounded before the sum: it is so large that a share of almost 1 would be rounded up to the end.
    times[message] = fromMs + Math.floor(unit(stream.key, message, trait.received) * (toMs - fromMs));
  }
  times.sort();

  stream.reserve(messages, rows);
  let previousMs = fromMs;
  for (let message = 0; message < messages; message++) {
    const receivedMs = message > 0 && comesAtOnce(stream, message) ? previousMs : (times[message] ?? toMs);
    stream.append(receivedMs, Math.min(recipientsIn(message), rows - stream.rows));
    previousMs = receivedMs;
  }
}

/**
 * Mail that goes on arriving. Each message follows from the one before. So what has arrived by an instant is the same,
 * however often and at whichever instants it was read.
 */
export class LiveArrivals {
  readonly #stream: MailStream;
  readonly #rowMs: number;
  #nextMs: number;
  #stoppedMs = Infinity;

  constructor(stream: MailStream, rowsPerHour: number, fromMs: number) {
    this.#stream = stream;
    this.#rowMs = hourMs / rowsPerHour;
    this.#nextMs = fromMs;
    this.#nextMs += this.#gapMs();
  }

  /** Lets everything arrive that was received up to and including an instant. */
  advance(untilMs: number): void {
    const lastMs = Math.min(untilMs, this.#stoppedMs);
    while (Math.floor(this.#nextMs) <= lastMs) {
      this.#stream.append(Math.floor(this.#nextMs), recipientsOf(this.#stream, this.#stream.messages));
      this.#nextMs += this.#gapMs();
    }
  }

  /** Nothing received later than an instant arrives any more; what has arrived already stays. */
  stop(atMs: number): void {
    this.#stoppedMs = Math.min(this.#stoppedMs, atMs);
  }

  /** A message with many recipients is waited for longer, so that the rate holds for rows. */
  #gapMs(): number {
    const message = this.#stream.messages;
    if (message > 0 && comesAtOnce(this.#stream, message)) return 0;
    const exponential = -Math.log(1 - unit(this.#stream.key, message, trait.received));
    return (exponential * recipientsOf(this.#stream, message) * this.#rowMs) / (1 - sameInstantShare);
  }
}

function recipientsOf(stream: MailStream, message: number): number {
  return pickWeighted(recipientCounts, unit(stream.key, message, trait.recipients));
}

function comesAtOnce(stream: MailStream, message: number): boolean {
  return unit(stream.key, message, trait.sameInstant) < sameInstantShare;
}
