/** What an application's signed statement must fit. */
import { createHash, X509Certificate } from 'node:crypto';
import { TokenError } from './aadsts.js';
import {
  checkFederatedToken,
  type Claims,
  type FederatedCredential,
  isSignedBy,
  isTimely,
  readToken,
  type SignedToken,
} from './jwt.js';

export interface AssertionExpectation {
  readonly clientId: string;
  /** The application's certificates, PEM. */
  readonly certificates: readonly string[];
  /** Whose tokens the application trusts besides. */
  readonly federatedCredentials: readonly FederatedCredential[];
  /** What a statement of its own may name as its audience: the token endpoint, or the issuer. */
  readonly audiences: readonly string[];
  readonly nowMs: number;
}

/**
 * Checks what proves an application without a secret (RFC 7523): a statement that it has signed itself, by its
 * certificate, or a token of an authority that it trusts.
 */
export class ClientAssertions {
  /** The identifiers (`jti`) of statements that were accepted: each stands for one request. */
  readonly #used = new Set<string>();

  /** Throws TokenRefusal. */
  check(assertion: string, expected: AssertionExpectation): void {
    const token = readToken(assertion);
    const { iss } = token.claims;
    // Which of the two it is, its issuer says; an authority's name is an address.
    if (typeof iss === 'string' && /^https?:\/\//.test(iss)) {
      // Made once and used until it ends.
      checkFederatedToken(token, expected);
      return;
    }
    checkOwnStatement(token, expected);
    const { jti } = token.claims;
    if (typeof jti !== 'string') return;
    if (this.#used.has(jti)) throw new TokenError(50013);
    this.#used.add(jti);
  }
}

function checkOwnStatement(
  token: SignedToken,
  { clientId, certificates, audiences, nowMs }: AssertionExpectation,
): void {
  const certificate = certificates.map((pem) => new X509Certificate(pem)).find(namedBy(token.header));
  if (certificate === undefined || !isSignedBy(token, certificate.publicKey)) throw new TokenError(700027);
  if (Date.parse(certificate.validTo) <= nowMs) throw new TokenError(700027);
  const { iss, sub, aud } = token.claims;
  if (iss !== clientId || sub !== clientId) throw new TokenError(700021);
  if (!audiences.some((name) => name === aud)) throw new TokenError(700023);
  if (!isTimely(token.claims, nowMs)) throw new TokenError(700024);
}

/** Whether a certificate is the one that the header names by its thumbprint. */
function namedBy(header: Claims): (certificate: X509Certificate) => boolean {
  return ({ raw }) => {
    const thumbprint = (algorithm: string): string => createHash(algorithm).update(raw).digest('base64url');
    return header['x5t#S256'] === thumbprint('sha256') || header['x5t'] === thumbprint('sha1');
  };
}
