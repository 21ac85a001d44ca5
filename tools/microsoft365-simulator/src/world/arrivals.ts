import { pickWeighted, unit, type Weighted } from '../random.js';
import type { BulkMail } from './mail-plan.js';
import type { MailStream } from './mail-stream.js';
import { trait } from './traits.js';

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
 * Mail that goes on arriving. Each message follows from the one before, so what has arrived by an instant is the same
 * however often and at whichever instants somebody looked.
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
