import { INTAKE_MAX_RESPONSE_MS, INTAKE_RESPONSE_MS } from '../budgets.js';
import type { HttpClient, HttpResponse } from '../http/http-client.js';
import { NetworkError } from '../http/network-error.js';
import type { Log } from '../log/log.js';
import { isAborted, withGrace } from '../time.js';
import { batchBody, type BatchBody, Encoding, postBatch, redirectOf } from './batch-request.js';
import type { EncodedEvent } from './chunks.js';
import { IdMemory } from './event-ids.js';
import type { IntakeMetrics } from './intake-metrics.js';
import { type BatchContext, type NotTaken, readFailure, type Reading, readResponse } from './reading.js';

/** How much the intake is asked to take in one request, and in what time. */
export interface BatchPace {
  /** Most events in a request. */
  readonly events: number;
  /** How long the answer may take, in ms. */
  readonly responseMs: number;
}

interface ResponseLimits {
  /** In ms, of the first request. */
  readonly firstMs: number;
  /** In ms, after time-outs. */
  readonly maxMs: number;
}

export interface PaceLimits extends ResponseLimits {
  /** Most events that a request ever has. */
  readonly maxEvents: number;
}

const RESPONSE_LIMITS: ResponseLimits = { firstMs: INTAKE_RESPONSE_MS, maxMs: INTAKE_MAX_RESPONSE_MS };

/** An answer may take so many times as long as the last ones did. */
const ROOM = 4;
/** A larger batch must be expected to need less than this share of the limit: growing must not cause time-outs. */
const SHARE_FOR_GROWTH = 0.8;

export function startPace({ maxEvents, firstMs }: PaceLimits): BatchPace {
  return { events: maxEvents, responseMs: firstMs };
}

/**
 * After no answer in time: half the events, and twice the time. Both at once, since each time-out may repeat a batch.
 * The one helps an intake that needs time for each event, the other one that is always late.
 */
export function slowerPace({ events, responseMs }: BatchPace, sent: number, { maxMs }: PaceLimits): BatchPace {
  const fewer = Math.min(events, Math.max(1, Math.ceil(sent / 2)));
  return { events: fewer, responseMs: Math.min(2 * responseMs, maxMs) };
}

/**
 * After an answer: the limit follows the time that it took. Batches grow again where twice the events, at twice the
 * time, would still be in time. A small batch says little of a large one: it can raise the limit, but not lower it.
 */
export function pacedBy(
  { events, responseMs }: BatchPace,
  { sent, tookMs }: { readonly sent: number; readonly tookMs: number },
  { maxEvents, firstMs, maxMs }: PaceLimits,
): BatchPace {
  const fullMs = (tookMs * events) / sent;
  const followed = Math.min(Math.max(ROOM * (2 * sent >= events ? fullMs : tookMs), firstMs), maxMs);
  if (2 * sent < events) return { events, responseMs: Math.max(responseMs, followed) };
  const mayGrow = 2 * fullMs <= SHARE_FOR_GROWTH * followed;
  return { events: mayGrow ? Math.min(2 * events, maxEvents) : events, responseMs: followed };
}

export interface SenderOptions {
  /** From `batchAddress`. */
  readonly url: string;
  readonly intakeKey: string;
  /** Most events in one request. */
  readonly chunkSize: number;
  /** How long an answer may take. */
  readonly responseLimits?: ResponseLimits;
  /** Send bodies compressed with gzip, until the intake shows that it does not unpack them. */
  readonly compress: boolean;
  readonly http: Pick<HttpClient, 'send'>;
  readonly log: Log;
  readonly metrics: IntakeMetrics;
  /** How long a request that is on its way when the signal is aborted may still be answered. */
  readonly graceMs?: number;
  readonly now?: () => number;
}

/** Within the time that run() has to return. An acknowledgement that is cut off makes a repeat. */
const GRACE_MS = 4_000;
const MAX_REDIRECTS = 5;

/** Sends a batch once, in the encoding and to the address that the intake takes, and reads what comes back. */
export class BatchSender {
  readonly #options: SenderOptions;
  readonly #encoding: Encoding;
  readonly #limits: PaceLimits;
  readonly #ids = new IdMemory();
  #pace: BatchPace;
  /** Where the intake said that it has moved to for good. */
  #url: string;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#encoding = new Encoding(options.compress);
    this.#url = options.url;
    this.#limits = { ...(options.responseLimits ?? RESPONSE_LIMITS), maxEvents: options.chunkSize };
    this.#pace = startPace(this.#limits);
  }

  /** So many events the intake has time for in one request, as far as is known. */
  get maxEvents(): number {
    return this.#pace.events;
  }

  async send(events: readonly EncodedEvent[], acknowledgedBefore: boolean, signal: AbortSignal): Promise<Reading> {
    const { isCompressed } = this.#encoding;
    const trial = this.#encoding.takeTrial();
    const reading = await this.#attempt(events, { isCompressed, acknowledgedBefore }, signal);
    if (trial !== undefined && reading.kind === 'taken') this.#sendPlainFromNowOn(trial);
    if (!isCompressed || !this.#encoding.wantsPlain(reading) || isAborted(signal)) return reading;
    const plain = await this.#attempt(events, { isCompressed: false, acknowledgedBefore }, signal);
    if (reading.kind === 'taken') return plain;
    if (plain.kind === 'taken' || reading.status === 415) this.#sendPlainFromNowOn(reading);
    return plain.kind === 'taken'
      ? plain
      : { ...plain, perhapsDelivered: plain.perhapsDelivered || reading.perhapsDelivered };
  }

  async #attempt(
    events: readonly EncodedEvent[],
    { isCompressed, acknowledgedBefore }: { isCompressed: boolean; acknowledgedBefore: boolean },
    signal: AbortSignal,
  ): Promise<Reading> {
    const body = await batchBody(this.#options.intakeKey, events, isCompressed);
    const stopwatch = this.#options.now ?? (() => performance.now());
    const startedMs = stopwatch();
    const reading = await this.#follow(body, { events, known: this.#ids, acknowledgedBefore }, signal);
    this.#learn(reading, events, stopwatch() - startedMs);
    // The address that the intake moved to may be gone again.
    const isLost = reading.kind === 'settings' || (reading.kind === 'away' && reading.status === undefined);
    if (isLost) this.#url = this.#options.url;
    return reading;
  }

  async #follow(body: BatchBody, context: Omit<BatchContext, 'nowMs'>, signal: AbortSignal): Promise<Reading> {
    const seen = new Set<string>();
    let url = this.#url;
    let isPermanent = true;
    try {
      for (;;) {
        seen.add(url);
        const response = await this.#post(url, body, signal);
        const redirect = redirectOf(response, url);
        if (redirect === undefined) {
          return readResponse(response, { ...context, nowMs: (this.#options.now ?? Date.now)() });
        }
        if (redirect.kind === 'refuse') return misdirected(response, redirect.reason);
        if (seen.has(redirect.url)) return misdirected(response, ', a redirect in a circle');
        if (seen.size > MAX_REDIRECTS) return misdirected(response, `, after ${MAX_REDIRECTS} redirects`);
        ({ url } = redirect);
        // Only a chain of nothing but permanent moves says where to begin next time.
        isPermanent &&= redirect.isPermanent;
        if (isPermanent) this.#url = url;
      }
    } catch (error) {
      if (error instanceof NetworkError) return readFailure(error);
      throw error;
    }
  }

  #learn(reading: Reading, events: readonly EncodedEvent[], tookMs: number): void {
    const sent = events.length;
    if (reading.kind === 'slow') this.#pace = slowerPace(this.#pace, sent, this.#limits);
    if (reading.kind !== 'taken') return;
    this.#pace = pacedBy(this.#pace, { sent, tookMs }, this.#limits);
    for (const [position, event] of events.entries()) {
      const id = reading.ids[position];
      if (id !== undefined && reading.fates[position]?.kind === 'accepted') this.#ids.add(id, event);
    }
  }

  #post(url: string, body: BatchBody, signal: AbortSignal): Promise<HttpResponse> {
    const { http, metrics, graceMs = GRACE_MS } = this.#options;
    return withGrace(signal, graceMs, (late) => {
      metrics.bytes.inc(body.bytes.byteLength);
      return postBatch({ url, body, http, responseMs: this.#pace.responseMs, signal: late });
    });
  }

  #sendPlainFromNowOn({ status, reason }: NotTaken): void {
    this.#encoding.plainWorks();
    this.#options.log.warning(
      `The intake does not take compressed requests (${status ?? reason}): they are sent plain until the next start. Turn the setting "compress" off to save the try.`,
    );
  }
}

function misdirected({ status }: HttpResponse, reason: string): NotTaken {
  return {
    kind: 'misdirected',
    reason: `it answered ${status}${reason}`,
    status,
    retryAfterMs: undefined,
    perhapsDelivered: false,
    namedEvents: 0,
    namesKey: false,
  };
}
