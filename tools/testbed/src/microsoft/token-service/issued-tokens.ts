import { constants, createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto';
import { TokenError } from './aadsts.js';
import type { Credentials } from '../http/messages.js';

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

/** A service that tokens are for. */
export interface Resource {
  /** What a token for it names as its audience; a scope is this with `/.default`. */
  readonly uri: string;
  /** Other names that a scope may call it by. */
  readonly aliases: readonly string[];
  /** What allows an application, and what allows an account, to read message traces; may be the same word. */
  readonly applicationPermission: string;
  readonly delegatedPermission: string;
}

export const graphResource: Resource = {
  uri: 'https://graph.microsoft.com',
  aliases: ['00000003-0000-0000-c000-000000000000'],
  applicationPermission: 'ExchangeMessageTrace.Read.All',
  delegatedPermission: 'ExchangeMessageTrace.Read.All',
};

/** Office 365 Exchange Online, to which the Reporting Web Service belongs. */
export const exchangeResource: Resource = {
  uri: 'https://outlook.office365.com',
  aliases: ['https://outlook.office.com', '00000002-0000-0ff1-ce00-000000000000'],
  applicationPermission: 'ReportingWebService.Read.All',
  delegatedPermission: 'ReportingWebService.Read',
};

const resources: readonly Resource[] = [graphResource, exchangeResource];

/** Every permission that this simulator knows. */
export const allPermissions: readonly string[] = [
  ...new Set(resources.flatMap((resource) => [resource.applicationPermission, resource.delegatedPermission])),
];

/** The resource of that name, in any case and with or without a slash at its end. */
export function findResource(name: string): Resource | undefined {
  const wanted = name.toLowerCase().replace(/\/+$/, '');
  return resources.find(({ uri, aliases }) => wanted === uri || aliases.includes(wanted));
}

export interface TokenContent {
  readonly resource: Resource;
  /** What its bearer may do there. */
  readonly permissions: readonly string[];
  /** In milliseconds since 1970. */
  readonly expiresMs: number;
}

/** What a token tells to who reads it. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** What a service makes of an Authorization header; all but the last are reasons for 401. */
export type TokenOutcome = 'missing' | 'unknown' | 'wrong-audience' | 'expired' | 'not-permitted' | 'right';

/**
 * The access tokens that were issued. They have the form of a JWT, but the signature cannot be checked. A service asks
 * here whether it should accept a token.
 */
export class IssuedTokens {
  readonly #contents = new Map<string, TokenContent>();

  /** @param claims undefined: it tells nothing */
  issue(content: TokenContent, claims?: TokenClaims): string {
    // About as long as the real ones, which strain headers and log lines.
    const noise = randomBytes(1_050).toString('base64url');
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = claims === undefined ? noise : `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${noise}`;
    this.#contents.set(token, content);
    return token;
  }

  /** All of them, ended ones too, oldest first. */
  get all(): readonly string[] {
    return [...this.#contents.keys()];
  }

  /** `nowMs` is the clock of the service that asks. */
  check(header: string | undefined, resource: Resource, nowMs: number): TokenOutcome {
    const token = /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
    if (token === undefined) return 'missing';
    const content = this.#contents.get(token);
    if (content === undefined) return 'unknown';
    if (content.resource !== resource) return 'wrong-audience';
    if (content.expiresMs <= nowMs) return 'expired';
    const { applicationPermission, delegatedPermission } = resource;
    const permitted = content.permissions.some(
      (name) => name === applicationPermission || name === delegatedPermission,
    );
    return permitted ? 'right' : 'not-permitted';
  }
}

/** Who lacks a permission has proved all the same who he is. */
export function credentialsOf(outcome: TokenOutcome | Credentials): Credentials {
  if (outcome === 'missing') return 'missing';
  return outcome === 'right' || outcome === 'not-permitted' ? 'right' : 'wrong';
}
