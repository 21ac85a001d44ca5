import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpResponse, HttpClient } from '../http/http-client.js';
import type { EncodedEvent } from './chunks.js';

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
