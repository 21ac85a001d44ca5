import { isObject } from '../json.js';

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

const UNTRUSTED =
  "as nobody trusted here vouches for its certificate: where a proxy opens TLS, start the module with NODE_EXTRA_CA_CERTS naming the file of the company's CA";
const OUT_OF_DATE =
  'as its certificate has expired or is not valid yet: check the clock of this machine and, where a proxy opens TLS, the certificate of the proxy';
const OTHER_NAME =
  'as its certificate is for another name: check the address, and whether a proxy answers in its place';
const NO_HANDSHAKE =
  'as the two ends found no TLS in common: check that the address and its port speak https, and that no proxy on the way is limited to versions before TLS 1.2';

/**
 * By the codes of Node.js: its "X509 certificate error codes" (documentation of tls) for trust and for the time, and
 * ERR_TLS_CERT_ALTNAME_INVALID for the name.
 */
const CERTIFICATES: ReadonlyMap<string, string> = new Map([
  ['CERT_SIGNATURE_FAILURE', UNTRUSTED],
  ['CERT_UNTRUSTED', UNTRUSTED],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['CERT_HAS_EXPIRED', OUT_OF_DATE],
  ['CERT_NOT_YET_VALID', OUT_OF_DATE],
  ['ERR_TLS_CERT_ALTNAME_INVALID', OTHER_NAME],
  ['HOSTNAME_MISMATCH', OTHER_NAME],
]);

/** This side refused the certificate: nothing was sent to the server that showed it. */
export const CERTIFICATE_CODES: ReadonlySet<string> = new Set(CERTIFICATES.keys());

/**
 * A code as it is or, where it is one of TLS, followed by what it means and what to do. It stands where a code would,
 * within a sentence about the host that could not be reached.
 */
export function explainCode(code: string): string {
  const meaning = isOfHandshake(code) ? NO_HANDSHAKE : CERTIFICATES.get(code);
  return meaning === undefined ? code : `${code}, ${meaning}`;
}

/** What OpenSSL fails with comes as EPROTO on a connection of its own, and by its own name on one through a tunnel. */
function isOfHandshake(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}

type NetworkErrorDetails = Partial<Pick<NetworkError, 'isTimeOut' | 'isTooLarge' | 'code' | 'detail'>>;

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
  /** The answer was larger than the caller allowed. */
  readonly isTooLarge: boolean;
  /** Of the system or the HTTP library, such as ECONNRESET. */
  readonly code: string | undefined;
  /** The code, with what it means and what to do where that needs saying. */
  readonly detail: string | undefined;

  constructor(message: string, perhapsArrived: boolean, about: NetworkErrorDetails = {}) {
    super(message);
    this.perhapsArrived = perhapsArrived;
    this.isTimeOut = about.isTimeOut ?? false;
    this.isTooLarge = about.isTooLarge ?? false;
    this.code = about.code;
    this.detail = about.detail;
  }
}

/** The system calls before there is a connection. */
const CONNECTING: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo', 'queryA', 'queryAaaa']);

/**
 * Whether an error says that no connection was made, so that nothing can have arrived. The same code can mean both:
 * ETIMEDOUT of a `connect` without an answer, or of a `read` on a connection that died after the request was sent.
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
