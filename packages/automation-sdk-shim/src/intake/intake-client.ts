import type { Span } from '../errors.js';
import type { Health } from '../health.js';
import type { Scrubber } from '../log/scrubber.js';
import { isAborted, sleep } from '../sleep.js';
import { BatchPlan, type Experience, type Step } from './batch-plan.js';
import { envelopeBytes } from './batch-request.js';
import { BatchSender, type SenderOptions } from './batch-sender.js';
import { LARGEST_REQUEST_BYTES, chunksOf, type Chunk, type EncodedEvent, type Rejection } from './chunks.js';
import { IntakeHealthReporter, type ReporterOptions } from './intake-health-reporter.js';
import type { Reading, Taken } from './reading.js';
import { Waits, type WaitOptions } from './waits.js';

/** Events [from, to) are settled: acknowledged by the intake, but for those in `rejected`, which nobody logged yet. */
export interface Receipt extends Span {
  readonly rejected: readonly Rejection[];
}

export interface IntakeOptions extends SenderOptions, WaitOptions, Pick<ReporterOptions, 'errorAfterMs'> {
  /** Most events in one request. */
  readonly chunkSize: number;
  readonly health: Health;
  readonly scrubber: Scrubber;
}

/** Delivers events to a Sekoia intake, and never drops one silently. */
export class IntakeClient {
  readonly #options: IntakeOptions;
  readonly #sender: BatchSender;
  readonly #reporter: IntakeHealthReporter;
  readonly #waits: Waits;
  readonly #experience: Experience = { acknowledged: false, isProofOwed: false };
  /** Rejected without proof; tried once more when the intake takes others. */
  #setAside: EncodedEvent[] = [];

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#sender = new BatchSender(options);
    this.#reporter = new IntakeHealthReporter({ ...options, host: new URL(options.url).host });
    this.#waits = new Waits(options);
  }

  /**
   * Sends events (JSON texts) in order, chunk by chunk, and yields a receipt as each is acknowledged. Receipts are
   * contiguous and cover all events. The next chunk is sent only when the consumer asks for the next receipt, so that
   * it can save its progress between them. A chunk that is not taken is held and sent again, for ever; only events
   * that the intake does not take while it takes others are rejected (see `BatchPlan`). A repeat after an answer that
   * was lost cannot be avoided, as the intake knows no idempotency key.
   * Once `signal` is aborted nothing more is sent, but a request that is on its way is given a few seconds to be answered.
   * @throws UndeliveredError only once `signal` is aborted with events left
   */
  async *deliver(events: readonly string[], signal: AbortSignal): AsyncGenerator<Receipt, void, void> {
    const limits = {
      events: this.#options.chunkSize,
      bytes: LARGEST_REQUEST_BYTES - envelopeBytes(this.#options.intakeKey),
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
    let hasProof = false;
    if (plan.isDone) yield* this.#receipts(plan);
    while (!plan.isDone) {
      if (signal.aborted) throw plan.undelivered(end);
      const sent = plan.next();
      const reading = await this.#sender.send(sent, this.#experience.acknowledged, signal);
      hasProof ||= reading.kind === 'taken' && this.#setAside.length > 0;
      const step = plan.learn(sent, reading, this.#now());
      this.#setAside.push(...plan.takeSetAside());
      if (reading.kind === 'taken') this.#taken(reading, startedMs);
      yield* this.#receipts(plan);
      if (!isAborted(signal)) await this.#afterwards(step, reading, signal);
    }
    if (hasProof && !isAborted(signal)) await this.#retrySetAside(signal);
  }

  *#receipts(plan: BatchPlan): Generator<Receipt, void, void> {
    const settled = plan.takeSettled();
    if (settled === undefined) return;
    this.#options.metrics.discardedEvents.inc(settled.rejected.length);
    const { scrubber } = this.#options;
    const rejected = settled.rejected.map(({ index, reason }) => ({ index, reason: scrubber.scrub(reason) }));
    yield { ...settled, rejected };
  }

  #taken({ fates, namedEvents }: Taken, startedMs: number): void {
    const { metrics, health, log } = this.#options;
    const accepted = fates.filter(({ kind }) => kind === 'accepted').length;
    this.#reporter.over();
    this.#waits.reset();
    health.eventsDelivered();
    metrics.forwardedEvents.inc(accepted);
    metrics.chunks.inc();
    metrics.forwardDuration.observe((this.#now() - startedMs) / 1_000);
    if (namedEvents >= accepted) return;
    metrics.unnamedEvents.inc(accepted - namedEvents);
    log.warning(
      `The intake acknowledged ${accepted} events but named only ${namedEvents} event ids. If events are missing in Sekoia.io, report this to its support.`,
    );
  }

  async #afterwards({ wait, isTrouble }: Step, reading: Reading, signal: AbortSignal): Promise<void> {
    const notTaken = reading.kind === 'taken' ? undefined : reading;
    if (isTrouble && notTaken !== undefined) this.#reporter.failed(notTaken);
    const waitMs = this.#waits.nextMs(wait, notTaken?.retryAfterMs, Math.random());
    if (waitMs === 0) return;
    this.#options.health.alive(waitMs);
    await sleep(waitMs, signal);
  }

  /** The intake takes events: what it refuses now is bad, and what it takes now was not. */
  async #retrySetAside(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#setAside[0] !== undefined) {
      const event = this.#setAside[0];
      const reading = await this.#sender.send([event], true, signal);
      if (reading.kind !== 'taken' && reading.kind !== 'refused') return;
      this.#setAside.shift();
      if (reading.kind === 'refused') continue;
      this.#options.metrics.forwardedEvents.inc();
      this.#options.log.info('The intake took an event that it had refused before: its rejection no longer counts.');
    }
    this.#experience.isProofOwed = this.#setAside.length > 0;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
