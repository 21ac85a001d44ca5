import { SECOND_TO_MINUTE, backoffMs, type Backoff } from '../backoff.js';
import type { Health } from '../health.js';
import type { HttpClient } from '../http/http-client.js';
import { NetworkError } from '../http/network-error.js';
import type { Log } from '../log/log.js';
import { isAborted, sleep, withGrace } from '../sleep.js';
import { sendBatch } from './batch-request.js';
import type { Chunk } from './chunks.js';
import type { IntakeMetrics } from './intake-metrics.js';
import { Outage, type Trouble } from './outage.js';
import { judge, type Verdict } from './verdict.js';

export interface SenderOptions {
  /** From `batchAddress`. */
  readonly url: string;
  readonly intakeKey: string;
  /** Send bodies compressed with gzip, until the intake refuses it. */
  readonly compress: boolean;
  readonly http: HttpClient;
  readonly log: Log;
  readonly health: Health;
  readonly metrics: IntakeMetrics;
  readonly backoff?: Backoff;
  readonly unhealthyAfterMs?: number;
  /** How long a request that is on its way when the signal is aborted may still be answered. */
  readonly graceMs?: number;
  readonly now?: () => number;
}

/** A chunk on its way. `uncertain` once the intake may have taken it although it did not say so. */
export interface Attempted {
  readonly chunk: Chunk;
  uncertain: boolean;
}

/** What a chunk came to: taken, refused for good, or neither before the stop. */
export type Outcome =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** Within the time that run() has to return. An acknowledgement that is cut off makes a repeat. */
const GRACE_MS = 4_000;

/** Sends one chunk, again and again, until the intake has said what becomes of it. */
export class ChunkSender {
  readonly #options: SenderOptions;
  readonly #outage: Outage;
  #compress: boolean;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#compress = options.compress;
    const { log, health, now, unhealthyAfterMs } = options;
    this.#outage = new Outage({ host: new URL(options.url).host, log, health, now, unhealthyAfterMs });
  }

  /** An acknowledged chunk is in the metrics already. */
  async send(sent: Attempted, signal: AbortSignal): Promise<Outcome> {
    const { chunk } = sent;
    const startedMs = this.#now();
    while (!signal.aborted) {
      const verdict = await this.#attempt(chunk, signal);
      switch (verdict.kind) {
        case 'acknowledged':
          this.#outage.over();
          this.#acknowledged(chunk, verdict.namedEvents, startedMs);
          return { kind: 'acknowledged' };
        case 'refused':
          this.#outage.answered();
          return verdict;
        case 'gzip-refused':
          this.#sendPlainFromNowOn();
          break;
        case 'settings':
          await this.waitAfter('settings', verdict.reason, signal);
          break;
        case 'later':
          sent.uncertain ||= verdict.perhapsDelivered;
          if (!isAborted(signal)) await this.waitAfter('later', verdict.reason, signal, verdict.retryAfterMs);
          break;
      }
    }
    return { kind: 'stopped' };
  }

  /** Tells of the trouble and waits, the longer the oftener it came, or as long as the intake asks for. */
  async waitAfter(trouble: Trouble, reason: string, signal: AbortSignal, askedMs?: number): Promise<void> {
    this.#outage.failed(trouble, reason);
    const ownMs = backoffMs(this.#options.backoff ?? SECOND_TO_MINUTE, this.#outage.failures, Math.random());
    // "Retry-After: 0" is a permission to come back, not to hammer.
    const floorMs = this.#options.backoff?.firstMs ?? SECOND_TO_MINUTE.firstMs;
    await sleep(askedMs === undefined ? ownMs : Math.max(askedMs, floorMs), signal);
  }

  /** Nothing is to be sent for a while. */
  pause(): void {
    this.#outage.pause();
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
