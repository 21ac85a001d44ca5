import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from '@jest/globals';

interface Received {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

export interface Loopback {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Every request so far, in order. */
  readonly received: readonly Received[];
  /** Resolves once so many requests have come. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

const open = new Set<Loopback>();

afterEach(async () => {
  for (const server of open) await server.close();
});

/**
 * A real HTTP server on 127.0.0.1 that remembers what it was asked; closed after the test. `number` is 1 for the first
 * request.
 */
export async function startLoopback(
  handle: (request: Received, response: ServerResponse, number: number) => void,
): Promise<Loopback> {
  const received: Received[] = [];
  const server = createServer((incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    const atMs = performance.now();
    void text(incoming).then((body) => {
      const request = { method, target: url, headers, body, atMs };
      handle(request, response, received.push(request));
      server.emit('arrived');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const loopback: Loopback = {
    origin: `http://127.0.0.1:${port}`,
    received,
    arrived: async (count) => {
      while (received.length < count) await once(server, 'arrived');
    },
    close: async () => {
      if (!open.delete(loopback)) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  open.add(loopback);
  return loopback;
}

/** Answers in one piece: an object as JSON, a text as it is. */
export function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
