import type { NotTaken, Reading } from './reading.js';
import type { HttpClient, HttpResponse } from '../http/http-client.js';
import { excerpt } from '../log/foreign-text.js';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EncodedEvent } from './chunks.js';

/** So many batches that were not taken later, plain bodies are tried again: the first try may have met an outage. */
const TRY_AGAIN_AFTER = 8;

/**
 * Whether batches are compressed. An intake that does not unpack gzip answers with anything: 415, 400 for what is no
 * JSON to it, 500. So the first batch that is not taken compressed is sent plain at once; what is taken is used from
 * then on.
 */
export class Encoding {
  #isCompressed: boolean;
  #trial: NotTaken | undefined;
  /** Compressed batches in a row that were not taken since plain ones were tried. */
  #notTaken = TRY_AGAIN_AFTER;

  constructor(compress: boolean) {
    this.#isCompressed = compress;
  }

  get isCompressed(): boolean {
    return this.#isCompressed && this.#trial === undefined;
  }

  /** The refusal for which the batch that `isCompressed` was just asked for goes out plain; undefined without one. */
  takeTrial(): NotTaken | undefined {
    const trial = this.#trial;
    this.#trial = undefined;
    return trial;
  }

  /** Takes what a compressed batch came to; whether the same batch should be sent plain at once. */
  wantsPlain(reading: Reading): boolean {
    // An answer that names some of the events was made of them.
    if (reading.kind === 'taken' || reading.kind === 'short') {
      this.#notTaken = 0;
      return false;
    }
    if (reading.status === 415) {
      this.#isCompressed = false;
      return true;
    }
    // An answer about the key proves that the body was read; without an answer, or without a look at the body, nothing
    // is known.
    const saysNothing = reading.status === undefined || reading.namesKey;
    if (saysNothing || reading.kind === 'away' || reading.kind === 'misdirected') return false;
    this.#notTaken += 1;
    if (this.#notTaken <= TRY_AGAIN_AFTER) return false;
    this.#notTaken = 0;
    // Turned away: no second request at once, which would count as a second refusal, but the next one is plain.
    if (reading.kind === 'settings') this.#trial = reading;
    return reading.kind !== 'settings';
  }

  /** The plain batch was taken where the compressed one was not. */
  plainWorks(): void {
    this.#isCompressed = false;
  }
}

/**
 * Those that keep method and body. 301 and 302 let a client change them, which would lose the batch: here they do not.
 */
const KEEPS_BATCH = new Set([301, 302, 307, 308]);
const IS_PERMANENT = new Set([301, 308]);

export type Redirect =
  | { readonly kind: 'follow'; readonly url: string; readonly isPermanent: boolean }
  /** `reason` follows "it answered 302". */
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * Where an answer sends a batch; undefined where it is no redirect. A batch holds the intake key and the events, so it
 * stays with its host, and never goes from https to http.
 */
export function redirectOf(
  { status, header }: Pick<HttpResponse, 'status' | 'header'>,
  from: string,
): Redirect | undefined {
  if (status < 300 || status >= 400) return undefined;
  const location = header('location');
  if (!KEEPS_BATCH.has(status)) return { kind: 'refuse', reason: ', which is no answer to a batch' };
  if (location === undefined || !URL.canParse(location, from)) {
    return { kind: 'refuse', reason: ' without an address to go to' };
  }
  const current = new URL(from);
  const target = new URL(location, from);
  const refuse = (why: string): Redirect => ({
    kind: 'refuse',
    reason: `, a redirect to ${excerpt(target.host)}, ${why}`,
  });
  if (target.protocol !== 'https:' && target.protocol !== current.protocol) {
    return refuse('which is not followed as it leaves https');
  }
  if (target.hostname !== current.hostname) return refuse('which is not followed as it is another host');
  // A user name in an address would become a header of its own.
  [target.username, target.password, target.hash] = ['', '', ''];
  return { kind: 'follow', url: target.href, isPermanent: IS_PERMANENT.has(status) };
}

const compressAsync = promisify(gzip);

/** The bytes of a request body that are not events. */
export function envelopeBytes(intakeKey: string): number {
  return plainBody(intakeKey, []).byteLength;
}

export interface BatchBody {
  readonly bytes: Buffer;
  readonly isCompressed: boolean;
}

/** `{"intake_key": "…", "jsons": ["<event as text>", …]}`. */
export async function batchBody(
  intakeKey: string,
  events: readonly EncodedEvent[],
  isCompressed: boolean,
): Promise<BatchBody> {
  const plain = plainBody(intakeKey, events);
  return { bytes: isCompressed ? await compressAsync(plain) : plain, isCompressed };
}

export interface BatchRequest {
  readonly url: string;
  readonly body: BatchBody;
  readonly http: Pick<HttpClient, 'send'>;
  /** How long the answer may take, in ms. */
  readonly responseMs: number;
  readonly signal: AbortSignal;
}

/**
 * `POST <intake>/batch`.
 * @throws NetworkError
 */
export function postBatch({ url, body, http, responseMs, signal }: BatchRequest): Promise<HttpResponse> {
  return http.send({
    method: 'POST',
    url,
    headers: {
      'Content-Type': 'application/json',
      ...(body.isCompressed ? { 'Content-Encoding': 'gzip' } : {}),
    },
    body: body.bytes,
    responseMs,
    signal,
  });
}

function plainBody(intakeKey: string, events: readonly EncodedEvent[]): Buffer {
  const list = events.map(({ text }) => text).join(',');
  return Buffer.from(`{"intake_key":${JSON.stringify(intakeKey)},"jsons":[${list}]}`);
}
