import { createServer as createSecureServer } from 'node:https';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { respondWithJson } from './messages.js';

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether a request was addressed to loopback by name and, where a browser sent it, from a page of loopback.
 *
 * Listening on 127.0.0.1 is not enough: a web page anywhere can make its reader's browser post there (Origin tells),
 * and can let a name of its own point to 127.0.0.1 (Host tells).
 */
export function comesFromLoopbackPage(headers: IncomingHttpHeaders): boolean {
  const { host, origin } = headers;
  return host !== undefined && isLoopback(`http://${host}`) && (origin === undefined || isLoopback(origin));
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK_HOSTS.has(new URL(url).hostname);
}

/** Clients are on this machine: they send what they have at once. Half-open requests are closed, however many. */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 15_000, connectionsCheckingInterval: 1_000 };
/** A browser opens six for each tab, and waits on some. */
const MAX_CONNECTIONS = 256;

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface LoopbackOptions {
  /** Serves https with it, PEM. Default: http. */
  readonly tls?: { readonly certificate: string; readonly privateKey: string };
  /** How long an idle connection stays open, in milliseconds. Default 5,000, as Node.js has it. */
  readonly keepAliveMs?: number;
  /** Called with what the handler throws. Default: it is answered 500 with its text. */
  readonly onError?: (error: unknown, request: IncomingMessage) => void;
}

export interface LoopbackServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, or https, without a slash at its end. */
  readonly origin: string;
  /** Cuts every open connection, so that a client which never hangs up cannot hold up the end. */
  close(): Promise<void>;
}

/**
 * Serves `handler` on 127.0.0.1. Port 0 takes a free one.
 *
 * A request that names another host, or comes from a page of another origin, is answered 403 before `handler` sees it.
 * What `handler` throws is answered 500 with its text: it is a mistake of this package, and the client's log shows it.
 */
export function serveOnLoopback(port: number, handler: Handler): Promise<LoopbackServer> {
  return listenOnLoopback(port, async (request, response) => {
    if (comesFromLoopbackPage(request.headers)) await handler(request, response);
    else
      respondWithJson(response, 403, {
        error: 'This service answers on 127.0.0.1 only: use http://127.0.0.1 as address.',
      });
  });
}

/**
 * The same without any check of who asks: `handler` must make its own.
 *
 * @throws what `listen` throws: EADDRINUSE as `code` where the port is taken.
 */
export async function listenOnLoopback(
  port: number,
  handler: Handler,
  { tls, keepAliveMs, onError }: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handler(request, response).catch((error: unknown) => {
      if (onError !== undefined) onError(error, request);
      else if (response.headersSent || response.destroyed) response.destroy();
      else respondWithJson(response, 500, { error: String(error) });
    });
  };
  const server =
    tls === undefined
      ? createServer(LIMITS, listener)
      : createSecureServer({ ...LIMITS, cert: tls.certificate, key: tls.privateKey }, listener);
  server.maxConnections = MAX_CONNECTIONS;
  if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
