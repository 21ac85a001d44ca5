const UNTRUSTED =
  "as nobody trusted here vouches for its certificate: where a proxy opens TLS, start the module with NODE_EXTRA_CA_CERTS naming the file of the company's CA";
const OUT_OF_DATE =
  'as its certificate has expired or is not valid yet: check the clock of this machine and, where a proxy opens TLS, the certificate of the proxy';
const OTHER_NAME =
  'as its certificate is for another name: check the address, and whether a proxy answers in its place';
const NO_HANDSHAKE =
  'as the two ends found no TLS in common: check that the address and its port speak https, and that no proxy on the way is limited to versions before TLS 1.2';

/**
 * By the codes of Node.js: its "X509 certificate error codes" (documentation of tls) for whom to trust and for the
 * time, and ERR_TLS_CERT_ALTNAME_INVALID for the name.
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

/** The certificate was refused here: nothing was sent to whoever showed it. */
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
