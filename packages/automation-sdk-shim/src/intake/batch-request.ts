import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpAnswer, HttpClient } from '../http/http-client.js';
import type { EncodedEvent } from './chunks.js';

const ANSWER_MS = 60_000;
const compressAsync = promisify(gzip);

/** The bytes of a request body that are not events. */
export function envelopeBytes(intakeKey: string): number {
  return bodyOf(intakeKey, []).byteLength;
}

export interface BatchRequest {
  readonly url: string;
  readonly intakeKey: string;
  readonly events: readonly EncodedEvent[];
  readonly compressed: boolean;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  /** Told the bytes of the body just before it is sent. */
  readonly onSend: (bytes: number) => void;
}

/**
 * `POST <intake>/batch {"intake_key": "…", "jsons": ["<event as text>", …]}`.
 * @throws NetworkError
 */
export async function sendBatch(request: BatchRequest): Promise<HttpAnswer> {
  const plain = bodyOf(request.intakeKey, request.events);
  const body = request.compressed ? await compressAsync(plain) : plain;
  request.onSend(body.byteLength);
  return request.http.send({
    method: 'POST',
    url: request.url,
    headers: {
      'Content-Type': 'application/json',
      ...(request.compressed ? { 'Content-Encoding': 'gzip' } : {}),
    },
    body,
    answerMs: ANSWER_MS,
    signal: request.signal,
  });
}

function bodyOf(intakeKey: string, events: readonly EncodedEvent[]): Buffer {
  const list = events.map(({ text }) => text).join(',');
  return Buffer.from(`{"intake_key":${JSON.stringify(intakeKey)},"jsons":[${list}]}`);
}
