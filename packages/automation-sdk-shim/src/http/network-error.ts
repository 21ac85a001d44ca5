import { CERTIFICATE_CODES } from './tls-failure.js';

/**
 * No usable answer came: no connection, a time limit, an answer cut off or too large, or the caller's abort.
 * Stands in for the HTTP library's error, which carries headers and body. `perhapsArrived` is false only where the
 * request certainly did not reach the server.
 */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly perhapsArrived: boolean;

  constructor(message: string, perhapsArrived: boolean) {
    super(message);
    this.perhapsArrived = perhapsArrived;
  }
}

/** Codes of Node.js and of this package's agents for a connection that was never made. */
export const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'ECONNECTTIMEDOUT',
  'EPROXYREFUSED',
  'EPROXYUNREACHABLE',
  ...CERTIFICATE_CODES,
]);
