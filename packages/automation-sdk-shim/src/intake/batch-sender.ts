import type { HttpAnswer, HttpClient } from '../http/http-client.js';
import { NetworkError } from '../http/network-error.js';
import type { Log } from '../log/log.js';
import { isAborted, withGrace } from '../sleep.js';
import { batchBody, postBatch, type BatchBody } from './batch-request.js';
import type { EncodedEvent } from './chunks.js';
import { Encoding } from './encoding.js';
import type { IntakeMetrics } from './intake-metrics.js';
import { readAnswer, readFailure, type NotTaken, type Reading } from './reading.js';
import { redirectOf } from './redirect.js';

export interface SenderOptions {
  /** From `batchAddress`. */
  readonly url: string;
  readonly intakeKey: string;
  /** Send bodies compressed with gzip, until the intake shows that it does not unpack them. */
  readonly compress: boolean;
  readonly http: HttpClient;
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
  /** Where the intake said that it has moved to for good. */
  #url: string;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#encoding = new Encoding(options.compress);
    this.#url = options.url;
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
    const reading = await this.#follow(body, { events: events.length, acknowledgedBefore }, signal);
    // The address that the intake moved to may be gone again.
    const isLost = reading.kind === 'settings' || (reading.kind === 'away' && reading.status === undefined);
    if (isLost) this.#url = this.#options.url;
    return reading;
  }

  async #follow(
    body: BatchBody,
    context: { readonly events: number; readonly acknowledgedBefore: boolean },
    signal: AbortSignal,
  ): Promise<Reading> {
    const seen = new Set<string>();
    let url = this.#url;
    let isPermanent = true;
    try {
      for (;;) {
        seen.add(url);
        const answer = await this.#post(url, body, signal);
        const redirect = redirectOf(answer, url);
        if (redirect === undefined) {
          return readAnswer(answer, { ...context, nowMs: (this.#options.now ?? Date.now)() });
        }
        if (redirect.kind === 'refuse') return misdirected(answer, redirect.reason);
        if (seen.has(redirect.url)) return misdirected(answer, ', a redirect in a circle');
        if (seen.size > MAX_REDIRECTS) return misdirected(answer, `, after ${MAX_REDIRECTS} redirects`);
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

  #post(url: string, body: BatchBody, signal: AbortSignal): Promise<HttpAnswer> {
    const { http, metrics, graceMs = GRACE_MS } = this.#options;
    return withGrace(signal, graceMs, (late) => {
      metrics.bytes.inc(body.bytes.byteLength);
      return postBatch({ url, body, http, signal: late });
    });
  }

  #sendPlainFromNowOn({ status, reason }: NotTaken): void {
    this.#encoding.plainWorks();
    this.#options.log.warning(
      `The intake does not take compressed requests (${status ?? reason}): they are sent plain until the next start. Turn the setting "compress" off to save the try.`,
    );
  }
}

function misdirected({ status }: HttpAnswer, reason: string): NotTaken {
  return {
    kind: 'misdirected',
    reason: `it answered ${status}${reason}`,
    status,
    retryAfterMs: undefined,
    perhapsDelivered: false,
    namesKey: false,
  };
}
