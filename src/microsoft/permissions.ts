import { excerpt } from '@sekoia/automation-sdk-shim';
import { claimsOf } from './jwt.js';

/** What a token must allow, and to whom it belongs. */
export interface WantedPermission {
  /** `roles` of an application or a managed identity, `scp` of an account. */
  readonly claim: 'roles' | 'scp';
  /** Such as `ExchangeMessageTrace.Read.All`. */
  readonly name: string;
}

/**
 * What a token allows, where it lacks the permission; undefined where it has it, or where the token does not tell: its
 * content is the API's business, and only today's tokens of Entra ID can be read. They carry an application's
 * permissions as a list in `roles`, which is left out where there is none, and an account's as words in `scp`. Source:
 * Microsoft, "Access token claims reference".
 */
export function insteadOf({ claim, name }: WantedPermission, token: string): string | undefined {
  const claims = claimsOf(token);
  // Every token of Entra ID says what it is for.
  if (typeof claims?.['aud'] !== 'string') return undefined;
  const value = claims[claim];
  const held = (typeof value === 'string' ? value.split(' ') : [value].flat()).filter(
    (each) => typeof each === 'string',
  );
  if (held.some((each) => each.toLowerCase() === name.toLowerCase())) return undefined;
  return excerpt(held.join(', ')) || 'no permission at all';
}
