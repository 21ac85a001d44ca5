import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { TokenRefusal } from './aadsts.js';

/** What an application's signed statement must fit. */
export interface AssertionExpectation {
  readonly clientId: string;
  /** The application's certificates, PEM. */
  readonly certificates: readonly string[];
  /** What it may name as its audience: the token endpoint, or the issuer. */
  readonly audiences: readonly string[];
  readonly nowMs: number;
}

type Claims = Readonly<Record<string, unknown>>;

/** How far the clocks may be apart. */
const skewSeconds = 300;

/** Checks a JWT (RFC 7523) signed with RS256 or PS256. Throws TokenRefusal. */
export function checkAssertion(assertion: string, expected: AssertionExpectation): void {
  const [head = '', body = '', signature = '', ...more] = assertion.split('.');
  const [header, claims] = [readJson(head), readJson(body)];
  if (header === null || claims === null || more.length > 0) throw new TokenRefusal(50027);

  const certificate = expected.certificates.map((pem) => new X509Certificate(pem)).find(namedBy(header));
  if (certificate === undefined) throw new TokenRefusal(700027);
  const padding = paddingOf(header['alg']);
  const key = { key: certificate.publicKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const genuine = verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
  if (!genuine) throw new TokenRefusal(700027);

  checkClaims(claims, expected);
}

function checkClaims(claims: Claims, { clientId, audiences, nowMs }: AssertionExpectation): void {
  if (claims['iss'] !== clientId || claims['sub'] !== clientId) throw new TokenRefusal(700021);
  const audience = claims['aud'];
  if (!audiences.some((name) => name === audience)) throw new TokenRefusal(700023);
  const { nbf = 0, exp } = claims;
  const nowSeconds = nowMs / 1000;
  const timely =
    typeof nbf === 'number' &&
    typeof exp === 'number' &&
    nbf - skewSeconds <= nowSeconds &&
    nowSeconds < exp + skewSeconds;
  if (!timely) throw new TokenRefusal(700024);
}

/** Whether a certificate is the one that the header names by its thumbprint. */
function namedBy(header: Claims): (certificate: X509Certificate) => boolean {
  return ({ raw }) => {
    const thumbprint = (algorithm: string): string => createHash(algorithm).update(raw).digest('base64url');
    return header['x5t#S256'] === thumbprint('sha256') || header['x5t'] === thumbprint('sha1');
  };
}

function paddingOf(algorithm: unknown): number {
  if (algorithm === 'PS256') return constants.RSA_PKCS1_PSS_PADDING;
  if (algorithm === 'RS256') return constants.RSA_PKCS1_PADDING;
  throw new TokenRefusal(50027);
}

function readJson(part: string): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Claims) : null;
  } catch {
    return null;
  }
}
