import { HttpClient } from '../../../packages/automation-sdk-shim/src/http/http-client.js';
import { NetworkError } from '../../../packages/automation-sdk-shim/src/http/network-error.js';
import { retryAfterMs } from '../../../packages/automation-sdk-shim/src/http/retry-after.js';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { anyResponse } from '../../support/arbitrary-response.js';
import { transportWith } from '../../support/outbound.js';
import { RawServer } from '../../support/raw-server.js';
import { errorText, parseJson } from '../../../src/microsoft/http/json.js';
import { Finding, type Input, type OpenTarget } from '../engine/target.js';
import { expectKnown } from '../oracles/texts.js';
import { BASIC, SECRETS } from '../oracles/secrets.js';
import { wireResponse } from './canned.js';
import { Listening } from './listening.js';
import { KNOWN } from './pages.js';
import { sampled } from './sampled.js';

const MAX_WAIT_MS = 3_600_000;
const BODY = JSON.stringify({ value: [{ id: '1', recipientAddress: 'bob@example.com' }] });

/** Bytes on a connection to Microsoft and to Sekoia.io: heads, lengths, chunks, encodings, character sets, dates. */
export async function openWire(): Promise<OpenTarget> {
  const server = new RawServer();
  await server.open();
  const http = new HttpClient({ userAgent: 'fuzz/1.0' });
  return {
    seeds: seeds(),
    fresh: sampled(anyResponse.map((bytes) => [{ name: 'answer', bytes }])),
    run: (input) => run(input, server, http),
    close: async () => {
      http.close();
      await server.close();
    },
  };
}

function seeds(): Input[] {
  const packed = (encoding: string, body: Buffer) => [
    {
      name: 'answer',
      bytes: Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\n\r\n`), body]),
    },
  ];
  const length = String(Buffer.byteLength(BODY));
  return [
    [wireResponse(200, BODY, { 'Content-Length': length, Date: 'Mon, 23 Nov 2026 09:00:00 GMT' })],
    [
      wireResponse(200, `${Number(length).toString(16)}\r\n${BODY}\r\n0\r\nX: y\r\n\r\n`, {
        'Transfer-Encoding': 'chunked',
      }),
    ],
    [wireResponse(503, '', { 'Retry-After': '7' })],
    [wireResponse(429, '{"error":{"message":"slow down"}}', { 'Retry-After': 'Mon, 23 Nov 2026 09:00:07 GMT' })],
    [wireResponse(302, '', { Location: 'https://login.microsoftonline.com/' })],
    [{ name: 'answer', bytes: Buffer.from(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n${BODY}`) }],
    [
      {
        name: 'answer',
        bytes: Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), Buffer.from(`\ufeff${BODY}`, 'utf16le')]),
      },
    ],
    packed('gzip', gzipSync(BODY)),
    packed('deflate', deflateSync(BODY)),
    packed('br', brotliCompressSync(BODY)),
    packed('gzip', gzipSync(Buffer.alloc(8_000_000, ' '))),
  ];
}

async function run(input: Input, server: RawServer, http: HttpClient): Promise<void> {
  const listening = new Listening();
  const { signal } = new AbortController();
  server.answers = input.map(({ bytes }) => bytes);
  let dates = 0;
  const transport = transportWith({ onDate: (dateMs) => (dates += Number.isFinite(dateMs) ? 1 : NaN) });
  try {
    const headers = { Authorization: `Basic ${BASIC}` };
    const response = await transport.send({ method: 'GET', url: new URL(server.origin), headers }, deadline(signal));
    if (Number.isNaN(dates)) throw new Finding('text', 'a date that is no number');
    const { retryAfterMs: waitMs = 0, status, body, host } = response;
    if (!(waitMs >= 0 && waitMs <= MAX_WAIT_MS)) throw new Finding('hang', `a wait of ${waitMs} ms`);
    if (typeof body !== 'string' || !Number.isInteger(status))
      throw new Finding('text', 'an answer without text or status');
    listening.log.warning(errorText(body));
    parseJson(body, host);
  } catch (error) {
    if (error instanceof Finding) throw error;
    if ((error as Error).name !== 'AbortError' && (error as Error).name !== 'TimeoutError') {
      expectKnown(error, KNOWN);
      listening.hear(error);
    }
  }
  server.answers = input.map(({ bytes }) => bytes);
  try {
    const headers = { Authorization: `Bearer ${SECRETS.token}` };
    const response = await http.send({ method: 'GET', url: server.origin, headers, responseMs: 1_000, signal });
    const waitMs = retryAfterMs(response, Date.UTC(2026, 10, 23, 9)) ?? 0;
    if (!(waitMs >= 0 && waitMs <= MAX_WAIT_MS)) throw new Finding('hang', `a wait of ${waitMs} ms`);
    if (typeof response.text !== 'string') throw new Finding('text', 'an answer without text');
  } catch (error) {
    if (error instanceof Finding) throw error;
    expectKnown(error, [NetworkError]);
    listening.hear(error);
  }
  listening.expectGoodTexts(input);
}

/** Some bytes are no answer and no end of one, which the module's own limit of two minutes is for. */
function deadline(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(1_000)]);
}
