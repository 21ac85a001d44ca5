import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CertificateWithKey } from '../certificates/self-signed-certificate.js';

/** Answers one request; `url` has the origin that the client itself used. */
export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** An HTTP server on 127.0.0.1. */
export interface LocalServer {
  /** Such as `http://127.0.0.1:8365`. */
  readonly origin: string;
  /** Ends every connection, also those that wait for an answer. */
  close(): Promise<void>;
}

/**
 * Port 0 takes a free one; with a certificate it is https. Rejects with the system's error (EADDRINUSE …) if it cannot
 * listen.
 */
export async function listenLocally(
  port: number,
  secured: CertificateWithKey | null,
  handle: Handler,
): Promise<LocalServer> {
  const scheme = secured === null ? 'http' : 'https';
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response, requestUrl(request, scheme)).catch((error: unknown) => {
      const abandoned = request.destroyed && !request.complete;
      // A fault in the simulator itself must not look like one that was asked for: let it end the process.
      if (!abandoned) throw error;
    });
  };
  const server =
    secured === null
      ? createServer(listener)
      : createSecureServer({ cert: secured.certificate, key: secured.privateKey }, listener);
  // Longer than any client keeps an idle connection: else its next request may meet the closing of it by chance.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return { origin: `${scheme}://127.0.0.1:${taken}`, close: () => close(server) };
}

function requestUrl(request: IncomingMessage, scheme: 'http' | 'https'): URL {
  const named = `${scheme}://${request.headers.host ?? '127.0.0.1'}`;
  const origin = URL.canParse(named) ? named : `${scheme}://127.0.0.1`;
  const target = request.url?.startsWith('/') ? request.url : '/';
  // Not resolved against the origin: a target such as //other.example/ would replace it.
  return new URL(origin + target);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
