import { constants, verify, type KeyObject } from 'node:crypto';
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
