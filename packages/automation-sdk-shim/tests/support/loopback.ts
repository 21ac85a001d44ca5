import { EventEmitter, once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { listenOnLoopback } from '@local/testbed/loopback';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON, unpacked where it came compressed. */
  json(): unknown;
}

export type Handler = (request: Received, response: ServerResponse) => void;

export interface Loopback {
  readonly url: string;
  readonly received: Received[];
  /** Resolves once `count` requests have come in. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A real HTTP server on loopback that remembers what it was asked; with `tls`, both in PEM, at an https:// address. */
export async function startLoopback(
  handler: Handler,
  tls?: { readonly cert: string; readonly key: string },
): Promise<Loopback> {
  const received: Received[] = [];
  const arrivals = new EventEmitter();
  const options = tls && { tls: { certificate: tls.cert, privateKey: tls.key } };
  const server = await listenOnLoopback(
    0,
    async (request, response) => {
      const { method = '', url = '', headers } = request;
      const body = await buffer(request);
      const plain = () => (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      const seen = { method, path: url, headers, body, json: () => JSON.parse(plain().toString()) as unknown };
      received.push(seen);
      arrivals.emit('arrived');
      handler(seen, response);
    },
    options,
  );
  return {
    url: server.origin,
    received,
    arrived: async (count) => {
      while (received.length < count) await once(arrivals, 'arrived');
    },
    close: () => server.close(),
  };
}

/** Answers with JSON. */
export function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
