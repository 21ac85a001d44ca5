import { randomBytes } from 'node:crypto';
import type { Credentials } from '../http/credentials.js';
import type { Resource } from './resources.js';

export interface TokenContent {
  readonly resource: Resource;
  /** What its bearer may do there. */
  readonly permissions: readonly string[];
  /** In milliseconds since 1970. */
  readonly expiresMs: number;
}

/** What a service makes of an Authorization header; all but the last are reasons for 401. */
export type TokenVerdict = 'missing' | 'unknown' | 'wrong-audience' | 'expired' | 'not-permitted' | 'right';

/**
 * The access tokens that are out. They are opaque: a client must not look into one, and here there is nothing to see. A
 * service asks here whether it should believe in one.
 */
export class IssuedTokens {
  readonly #contents = new Map<string, TokenContent>();

  issue(content: TokenContent): string {
    // About as long as the real ones, which strain headers and log lines.
    const token = randomBytes(1_050).toString('base64url');
    this.#contents.set(token, content);
    return token;
  }

  /** All of them, ended ones too, oldest first. */
  get all(): readonly string[] {
    return [...this.#contents.keys()];
  }

  /** `nowMs` is the clock of the service that asks. */
  check(header: string | undefined, resource: Resource, nowMs: number): TokenVerdict {
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
export function credentialsOf(verdict: TokenVerdict | Credentials): Credentials {
  if (verdict === 'missing') return 'missing';
  return verdict === 'right' || verdict === 'not-permitted' ? 'right' : 'wrong';
}
