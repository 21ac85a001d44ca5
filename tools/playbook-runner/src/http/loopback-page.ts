import type { IncomingHttpHeaders } from 'node:http';

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
