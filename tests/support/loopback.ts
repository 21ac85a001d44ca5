import { EventEmitter, once } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach } from '@jest/globals';
import { listenOnLoopback } from '@local/testbed/loopback';

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
  const arrivals = new EventEmitter();
  const server = await listenOnLoopback(0, async (incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    const atMs = performance.now();
    const request = { method, target: url, headers, body: await text(incoming), atMs };
    handle(request, response, received.push(request));
    arrivals.emit('arrived');
  });
  const loopback: Loopback = {
    origin: server.origin,
    received,
    arrived: async (count) => {
      while (received.length < count) await once(arrivals, 'arrived');
    },
    close: async () => {
      if (open.delete(loopback)) await server.close();
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
