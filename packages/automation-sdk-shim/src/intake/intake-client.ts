import { RETRIED_REJECTION_CHARS } from '../budgets.js';
import { type Chunk, chunksOf, type EncodedEvent, MAX_REQUEST_BYTES, type Rejection } from './chunks.js';
import type { Reading, Taken } from './reading.js';
import type { Span } from '../errors.js';
import type { Health } from '../health.js';
import type { Redactor } from '../log/redactor.js';
import { isAborted, REAL_TIMERS } from '../time.js';
import { BatchPlan, type Experience, type Step } from './batch-plan.js';
import { envelopeBytes } from './batch-request.js';
import { BatchSender, type SenderOptions } from './batch-sender.js';
import { IntakeHealthReporter, type ReporterOptions } from './intake-health-reporter.js';
import { type WaitOptions, Waits } from './waits.js';

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

/** Events [from, to) are settled: acknowledged by the intake, except those in `rejected`, which are not logged yet. */
export interface Receipt extends Span {
  readonly rejected: readonly Rejection[];
}

export interface IntakeOptions extends SenderOptions, WaitOptions, Pick<ReporterOptions, 'errorAfterMs' | 'timers'> {
  readonly health: Health;
  readonly redactor: Redactor;
}

/** Delivers events to a Sekoia intake, and never drops one silently. */
export class IntakeClient {
  readonly #options: IntakeOptions;
  readonly #sender: BatchSender;
  readonly #reporter: IntakeHealthReporter;
  readonly #waits: Waits;
  readonly #experience: Experience = { acknowledged: false, isProofOwed: false };
  readonly #setAside: SetAside;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#sender = new BatchSender(options);
    this.#reporter = new IntakeHealthReporter({ ...options, host: new URL(options.url).host });
    this.#waits = new Waits(options);
    this.#setAside = new SetAside(options.chunkSize);
  }

  /**
   * Sends events (JSON texts) in order, chunk by chunk, and yields receipts as they are acknowledged. Each event
   * has one receipt; those of a chunk that is taken in parts may come out of order. The next chunk is sent only when
   * the consumer asks for the next receipt, so that it can save its progress between them. A chunk that is not taken is
   * held and sent again, for ever. Rejected are only events that the intake does not take while it takes others, and a
   * chunk that it has answered with success but without ids for an hour (see `BatchPlan`). A repeat after an answer
   * that was lost, was late, or named too few ids cannot be avoided, as the intake knows no idempotency key. Once
   * `signal` is aborted nothing more is sent, but a request that is on its way is given a few seconds to be answered.
   * @throws UndeliveredError only once `signal` is aborted with events left
   */
  async *deliver(events: readonly string[], signal: AbortSignal): AsyncGenerator<Receipt, void, void> {
    const sender = this.#sender;
    const limits = {
      // Asked for each chunk: what a time-out has taught counts from the next one on.
      get events() {
        return sender.maxEvents;
      },
      bytes: MAX_REQUEST_BYTES - envelopeBytes(this.#options.intakeKey),
    };
    try {
      for (const chunk of chunksOf(events, limits)) yield* this.#deliverChunk(chunk, events.length, signal);
    } finally {
      this.#reporter.pause();
    }
  }

  /** `end` is where all events end. */
  async *#deliverChunk(chunk: Chunk, end: number, signal: AbortSignal): AsyncGenerator<Receipt, void, void> {
    const plan = new BatchPlan(chunk, this.#experience);
    const startedMs = this.#now();
    let requests = 0;
    let hasProof = false;
    if (plan.isDone) yield* this.#receipts(plan);
    while (!plan.isDone) {
      if (signal.aborted) throw plan.undelivered(end);
      const sent = plan.next();
      const reading = await this.#sender.send(sent, this.#experience.acknowledged, signal);
      requests += 1;
      hasProof ||= reading.kind === 'taken' && !this.#setAside.isEmpty;
      const step = plan.learn(sent, reading, this.#now());
      this.#setAside.add(plan.takeSetAside());
      if (reading.kind === 'taken') this.#taken(reading, startedMs);
      this.#countUnnamed(sent, reading);
      yield* this.#receipts(plan);
      if (!isAborted(signal)) await this.#afterwards(step, reading, signal);
    }
    if (requests === 1) this.#reporter.namedAll();
    if (hasProof && !isAborted(signal)) await this.#retrySetAside(signal);
  }

  *#receipts(plan: BatchPlan): Generator<Receipt, void, void> {
    const { metrics, redactor } = this.#options;
    for (const settled of plan.takeSettled()) {
      metrics.discardedEvents.inc(settled.rejected.length);
      const rejected = settled.rejected.map(({ index, reason }) => ({ index, reason: redactor.redact(reason) }));
      yield { ...settled, rejected };
    }
  }

  #taken({ fates }: Taken, startedMs: number): void {
    const { metrics, health } = this.#options;
    this.#reporter.over();
    this.#waits.reset();
    health.eventsDelivered();
    metrics.forwardedEvents.inc(fates.filter(({ kind }) => kind === 'accepted').length);
    metrics.chunks.inc();
    metrics.forwardDuration.observe((this.#now() - startedMs) / 1_000);
  }

  #countUnnamed({ length }: readonly EncodedEvent[], reading: Reading): void {
    const unnamed = unnamedEvents(length, reading);
    if (unnamed === 0) return;
    this.#options.metrics.unnamedEvents.inc(unnamed);
    // An answer without any id is reported as a time in which the intake accepts nothing.
    if (reading.kind !== 'unacknowledged') this.#reporter.named(length - unnamed, length);
  }

  async #afterwards({ wait, isTrouble }: Step, reading: Reading, signal: AbortSignal): Promise<void> {
    const notTaken = reading.kind === 'taken' ? undefined : reading;
    if (isTrouble && notTaken !== undefined) this.#reporter.failed(notTaken);
    const waitMs = this.#waits.nextMs(wait, notTaken?.retryAfterMs, Math.random());
    if (waitMs === 0) return;
    this.#options.health.alive(waitMs);
    await (this.#options.timers ?? REAL_TIMERS).sleep(waitMs, signal);
  }

  /** The intake takes events: what it refuses now is bad, and what it takes now was not. */
  async #retrySetAside(signal: AbortSignal): Promise<void> {
    let taken = 0;
    for (let sent = this.#setAside.next(); sent.length > 0 && !signal.aborted; sent = this.#setAside.next()) {
      const reading = await this.#sender.send(sent, true, signal);
      if (!this.#setAside.learn(sent, reading)) break;
      if (reading.kind === 'taken') taken += reading.fates.filter(({ kind }) => kind === 'accepted').length;
    }
    this.#experience.isProofOwed = !this.#setAside.isEmpty;
    if (taken === 0) return;
    this.#options.metrics.forwardedEvents.inc(taken);
    const what = taken === 1 ? 'an event' : `${taken} events`;
    const their = taken === 1 ? 'its rejection no longer counts' : 'their rejections no longer count';
    this.#options.log.info(`The intake took ${what} that it had not taken before: ${their}.`);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** How many of the events that the intake says it took have no id. */
function unnamedEvents(sent: number, reading: Reading): number {
  if (reading.kind === 'taken') return reading.fates.filter(({ kind }) => kind === 'unnamed').length;
  return reading.kind === 'short' || reading.kind === 'unacknowledged' ? sent - reading.namedEvents : 0;
}
