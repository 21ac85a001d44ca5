import { SECOND_TO_MINUTE, backoffMs, type Backoff } from '../backoff.js';
import { UndeliveredError, type Span } from '../errors.js';
import type { Health } from '../health.js';
import type { HttpClient } from '../http/http-client.js';
import { NetworkError } from '../http/network-error.js';
import type { Log } from '../log/log.js';
import type { Scrubber } from '../log/scrubber.js';
import { isAborted, sleep, withGrace } from '../sleep.js';
import { envelopeBytes, sendBatch } from './batch-request.js';
import { LARGEST_REQUEST_BYTES, chunksOf, halvesOf, type Chunk, type Rejection } from './chunks.js';
import type { IntakeMetrics } from './intake-metrics.js';
import { Outage } from './outage.js';
import { judge, type Verdict } from './verdict.js';

/** Events [from, to) are settled: acknowledged by the intake, but for those in `rejected`, which nobody logged yet. */
export interface Receipt extends Span {
  readonly rejected: readonly Rejection[];
}

export interface IntakeOptions {
  /** From `batchAddress`. */
  readonly url: string;
  readonly intakeKey: string;
  /** Most events in one request. */
  readonly chunkSize: number;
  /** Send bodies compressed with gzip, until the intake refuses it. */
  readonly compress: boolean;
  readonly http: HttpClient;
  readonly log: Log;
  readonly health: Health;
  readonly metrics: IntakeMetrics;
  readonly scrubber: Scrubber;
  readonly backoff?: Backoff;
  readonly unhealthyAfterMs?: number;
  /** How long a request that is on its way when the signal is aborted may still be answered. */
  readonly graceMs?: number;
  readonly now?: () => number;
}

/** Within the time that run() has to return. An acknowledgement that is cut off makes a repeat. */
const GRACE_MS = 4_000;

/** A chunk on its way. `uncertain` once the intake may have taken it although it did not say so. */
interface Attempted {
  readonly chunk: Chunk;
  uncertain: boolean;
}

/** Delivers events to a Sekoia intake, and never drops one silently. */
export class IntakeClient {
  readonly #options: IntakeOptions;
  readonly #outage: Outage;
  #compress: boolean;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#compress = options.compress;
    const { log, health, now, unhealthyAfterMs } = options;
    this.#outage = new Outage({ host: new URL(options.url).host, log, health, now, unhealthyAfterMs });
  }

  /**
   * Sends events (JSON texts) in order, chunk by chunk, and yields a receipt as each is acknowledged. Receipts are
   * contiguous and cover all events. The next chunk is sent only when the consumer asks for the next receipt, so that
   * it can save its progress between them. A chunk that the intake refuses is halved until the refused event is
   * alone and rejected. Otherwise this tries for ever; a repeat after an answer that was lost cannot be avoided, as
   * the intake knows no idempotency key.
   * Once `signal` is aborted nothing more is sent, but a request that is on its way is given a few seconds to be answered.
   * @throws UndeliveredError only once `signal` is aborted with events left
   */
  async *deliver(events: readonly string[], signal: AbortSignal): AsyncGenerator<Receipt, void, void> {
    const limits = {
      events: this.#options.chunkSize,
      bytes: LARGEST_REQUEST_BYTES - envelopeBytes(this.#options.intakeKey),
    };
    try {
      for (const chunk of chunksOf(events, limits)) {
        const pending: Attempted[] = [{ chunk, uncertain: false }];
        for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
          const outcome = await this.#settle(next, events.length, signal);
          if ('split' in outcome) pending.push(...outcome.split.toReversed());
          else yield outcome;
        }
      }
    } finally {
      this.#outage.pause();
    }
  }

  /** Tries until the chunk is acknowledged or refused. */
  async #settle(sent: Attempted, end: number, signal: AbortSignal): Promise<Receipt | { split: Attempted[] }> {
    const { chunk } = sent;
    if (chunk.events.length === 0) return this.#receipt(chunk, []);
    const startedMs = this.#now();
    for (;;) {
      if (signal.aborted) {
        const uncertain = sent.uncertain ? { from: chunk.from, to: chunk.to } : undefined;
        throw new UndeliveredError({ from: chunk.from, to: end }, uncertain);
      }
      const verdict = await this.#attempt(chunk, signal);
      switch (verdict.kind) {
        case 'acknowledged':
          this.#outage.over();
          this.#acknowledged(chunk, verdict.namedEvents, startedMs);
          return this.#receipt(chunk, []);
        case 'refused': {
          this.#outage.over();
          const [only, ...others] = chunk.events;
          if (only === undefined || others.length > 0) {
            return { split: halvesOf(chunk).map((half) => ({ chunk: half, uncertain: sent.uncertain })) };
          }
          const reason = `The intake refused the event: ${this.#options.scrubber.scrub(verdict.reason)}.`;
          return this.#receipt(chunk, [{ index: only.index, reason }]);
        }
        case 'gzip-refused':
          this.#sendPlainFromNowOn();
          break;
        case 'settings':
          await this.#waitAfter('settings', verdict.reason, undefined, signal);
          break;
        case 'later':
          sent.uncertain ||= verdict.perhapsDelivered;
          if (!isAborted(signal)) await this.#waitAfter('later', verdict.reason, verdict.retryAfterMs, signal);
          break;
      }
    }
  }

  async #attempt(chunk: Chunk, signal: AbortSignal): Promise<Verdict> {
    const { url, intakeKey, http, metrics } = this.#options;
    const compressed = this.#compress;
    const onSend = (bytes: number) => metrics.bytes.inc(bytes);
    try {
      const answer = await withGrace(signal, this.#options.graceMs ?? GRACE_MS, (late) =>
        sendBatch({ url, intakeKey, events: chunk.events, compressed, http, signal: late, onSend }),
      );
      return judge(answer, { compressed }, this.#now());
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return { kind: 'later', reason: error.message, retryAfterMs: undefined, perhapsDelivered: error.perhapsArrived };
    }
  }

  async #waitAfter(
    kind: 'settings' | 'later',
    reason: string,
    askedMs: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    this.#outage.failed(kind, reason);
    const ownMs = backoffMs(this.#options.backoff ?? SECOND_TO_MINUTE, this.#outage.failures, Math.random());
    // "Retry-After: 0" is a permission to come back, not to hammer.
    const floorMs = this.#options.backoff?.firstMs ?? SECOND_TO_MINUTE.firstMs;
    await sleep(askedMs === undefined ? ownMs : Math.max(askedMs, floorMs), signal);
  }

  #acknowledged(chunk: Chunk, namedEvents: number, startedMs: number): void {
    const { metrics, health, log } = this.#options;
    const sent = chunk.events.length;
    health.eventsDelivered();
    metrics.forwardedEvents.inc(sent);
    metrics.chunks.inc();
    metrics.forwardDuration.observe((this.#now() - startedMs) / 1_000);
    if (namedEvents < sent) {
      metrics.unnamedEvents.inc(sent - namedEvents);
      log.warning(
        `The intake acknowledged ${sent} events but named only ${namedEvents} event ids. If events are missing in Sekoia.io, report this to its support.`,
      );
    }
  }

  #receipt({ from, to, rejected }: Chunk, refused: readonly Rejection[]): Receipt {
    const all = [...rejected, ...refused].sort((a, b) => a.index - b.index);
    this.#options.metrics.discardedEvents.inc(all.length);
    return { from, to, rejected: all };
  }

  #sendPlainFromNowOn(): void {
    this.#compress = false;
    this.#options.log.warning(
      'The intake does not take compressed requests (415): they are sent plain until the next start. Turn the setting "compress" off to save the try.',
    );
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
