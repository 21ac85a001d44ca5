import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

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
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const plain = () => (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      const seen: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
        json: () => JSON.parse(plain().toString()) as unknown,
      };
      received.push(seen);
      server.emit('arrived');
      handler(seen, response);
    });
  };
  const server = tls === undefined ? createServer(receive) : createTlsServer(tls, receive);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    arrived: async (count) => {
      while (received.length < count) await once(server, 'arrived');
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
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
