import { isObject } from '../json.js';
import { CERTIFICATE_CODES } from './tls-failure.js';

/**
 * No usable answer came: no connection, a time limit, an answer cut off or too large, or the caller's abort.
 * Stands in for the HTTP library's error, which carries headers and body. `perhapsArrived` is false only where the
 * request certainly did not reach the server.
 */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly perhapsArrived: boolean;
  /** The caller's own limit for the whole exchange ended it. */
  readonly isTimeOut: boolean;

  constructor(message: string, perhapsArrived: boolean, isTimeOut = false) {
    super(message);
    this.perhapsArrived = perhapsArrived;
    this.isTimeOut = isTimeOut;
  }
}

/** The system calls before there is a connection. */
const CONNECTING: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo', 'queryA', 'queryAaaa']);

/**
 * Whether an error says that no connection was made, so that nothing can have arrived. The same code can mean both:
 * ETIMEDOUT of a `connect` that nobody answered, or of a `read` on a connection that died after the request was sent.
 */
export function neverConnected(error: unknown): boolean {
  if (!isObject(error)) return false;
  const { errors, syscall, code, cause } = error;
  // Where a host has several addresses: one error for each.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(neverConnected);
  if (syscall !== undefined) return CONNECTING.has(syscall);
  return cause === undefined ? NOT_CONNECTED.has(String(code)) : neverConnected(cause);
}

/** Codes of Node.js and of this package's agents for a connection that was never made. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EADDRNOTAVAIL',
  'ECONNECTTIMEDOUT',
  'EPROXYREFUSED',
  'EPROXYUNREACHABLE',
  ...CERTIFICATE_CODES,
]);
