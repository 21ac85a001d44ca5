import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { TokenError } from './aadsts.js';

export type Claims = Readonly<Record<string, unknown>>;

/** A signed JSON Web Token (RFC 7519), not yet checked. */
export interface SignedToken {
  readonly header: Claims;
  readonly claims: Claims;
  /** What the signature is of. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** How far the clocks may be apart. */
const skewSeconds = 300;

/** Throws TokenRefusal where it is none. */
export function readToken(text: string): SignedToken {
  const [head = '', body = '', signature = '', ...more] = text.split('.');
  const [header, claims] = [readJson(head), readJson(body)];
  if (header === null || claims === null || more.length > 0) throw new TokenError(50027);
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') };
}

/** Whether that key has signed it, with RS256 or PS256. Throws TokenRefusal where it names another algorithm. */
export function isSignedBy({ header, signed, signature }: SignedToken, publicKey: KeyObject): boolean {
  const key = { key: publicKey, padding: paddingOf(header['alg']), saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return verify('sha256', Buffer.from(signed), key, signature);
}

/** Whether it is valid at that time; one that never ends is not. */
export function isTimely({ nbf = 0, exp }: Claims, nowMs: number): boolean {
  const nowSeconds = nowMs / 1000;
  return (
    typeof nbf === 'number' &&
    typeof exp === 'number' &&
    nbf - skewSeconds <= nowSeconds &&
    nowSeconds < exp + skewSeconds
  );
}

function paddingOf(algorithm: unknown): number {
  if (algorithm === 'PS256') return constants.RSA_PKCS1_PSS_PADDING;
  if (algorithm === 'RS256') return constants.RSA_PKCS1_PADDING;
  throw new TokenError(50027);
}

function readJson(part: string): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Claims) : null;
  } catch {
    return null;
  }
}

/** A federated identity credential of the application: which tokens of another authority stand for it. */
export interface FederatedCredential {
  /** Such as the OIDC issuer of a Kubernetes cluster. */
  readonly issuer: string;
  /** Such as `system:serviceaccount:default:collector`. */
  readonly subject: string;
  readonly audience: string;
  /** The public keys that the issuer publishes, PEM. Entra ID fetches them; here they are given. */
  readonly keys: readonly string[];
}

/**
 * Checks a token of another authority as Entra ID does: issuer, subject, audience, letter by letter, then signature and
 * time. Throws TokenRefusal.
 */
export function checkFederatedToken(
  token: SignedToken,
  {
    federatedCredentials,
    nowMs,
  }: { readonly federatedCredentials: readonly FederatedCredential[]; readonly nowMs: number },
): void {
  const { iss, sub, aud } = token.claims;
  const ofIssuer = federatedCredentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) throw new TokenError(700211);
  const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
  if (ofSubject.length === 0) {
    const inAnyCase = ofIssuer.some(({ subject }) => subject.toLowerCase() === String(sub).toLowerCase());
    throw new TokenError(inAnyCase ? 7002138 : 700213);
  }
  const audiences = [aud].flat();
  const credential = ofSubject.find(({ audience }) => audiences.includes(audience));
  if (credential === undefined) throw new TokenError(700212);
  if (!credential.keys.some((pem) => isSignedBy(token, createPublicKey(pem)))) throw new TokenError(7000272);
  if (!isTimely(token.claims, nowMs)) throw new TokenError(700024);
}
