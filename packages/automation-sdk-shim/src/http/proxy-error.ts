/**
 * No connection came about through a proxy of the environment; nothing reached the server behind it. The message names
 * the proxy's host and port, never its user and password.
 *
 * - `EPROXYREFUSED`: the proxy answered the CONNECT with another status than 200.
 * - `EPROXYUNREACHABLE`: the proxy could not be reached, or closed the connection without an answer.
 * - `ECONNECTTIMEDOUT`: the time to connect was up, as without a proxy.
 */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: 'EPROXYREFUSED' | 'EPROXYUNREACHABLE' | 'ECONNECTTIMEDOUT';

  constructor(code: ProxyError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
