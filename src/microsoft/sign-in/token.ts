import type { AuthenticationResult } from '@azure/msal-node';
import { UnavailableError } from '../../model/errors.js';
import type { Token } from './authorization.js';
import { excerpt, parseWithin, TOKEN_JSON } from '@sekoia/automation-sdk-shim';
import { isObject, type JsonObject } from '../../model/json.js';

/**
 * The token in a result of the library, to which an answer without fields is no error.
 * @param from who answered, as the beginning of a sentence
 * @throws UnavailableError where there is no token that can be sent, or one that has ended
 */
export function tokenOf(result: AuthenticationResult | null, from: string): Token {
  const lifetimeMs = (result?.expiresOn?.getTime() ?? 0) - Date.now();
  // The library counts in whole seconds.
  if (!result || !isSendable(result.accessToken) || !(lifetimeMs >= 1000))
    throw new UnavailableError(`${from} answered neither a token nor an error.`);
  return { text: result.accessToken, lifetimeMs };
}

/**
 * Whether a token can stand in a header, whose characters and length are limited: Node.js takes 16 KiB for all headers
 * of an answer.
 */
function isSendable(token: string): boolean {
  return /^[\x21-\x7e]{1,16384}$/.test(token);
}

/**
 * The claims of a JSON Web Token (RFC 7519), read without checking its signature: only for what the operator reads,
 * never to trust anybody. Undefined for what is none: an opaque token, or an encrypted one, which has five parts.
 */
export function claimsOf(token: string): JsonObject | undefined {
  const parts = token.split('.');
  const [header, claims] = parts.slice(0, 2).map(jsonIn);
  return parts.length === 3 && header !== undefined ? claims : undefined;
}

function jsonIn(part: string): JsonObject | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined;
  const value = parseWithin(TOKEN_JSON, Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(value) ? value : undefined;
}

/** What a token must allow, and who it belongs to. */
export interface WantedPermission {
  /** `roles` of an application or a managed identity, `scp` of an account. */
  readonly claim: 'roles' | 'scp';
  /** Such as `ExchangeMessageTrace.Read.All`. */
  readonly name: string;
}

/** A sentence, where a token that can be read lacks the permission. */
export function missingPermission(wanted: WantedPermission, token: string): string | undefined {
  const held = insteadOf(wanted, token);
  if (held === undefined) return undefined;
  return `The sign-in works, but the permission ${wanted.name} is missing: the token has ${held}.`;
}

/** Whether a token says what it permits: today's of Entra ID do. */
export function isReadable(token: string): boolean {
  return typeof claimsOf(token)?.['aud'] === 'string';
}

/**
 * What a token allows, where it lacks the permission; undefined where it has it, or where the token does not tell: its
 * content is the API's business, and only today's tokens of Entra ID can be read. They carry an application's
 * permissions as a list in `roles`, which is left out where there is none, and an account's as words in `scp`. Source:
 * Microsoft, "Access token claims reference".
 */
export function insteadOf({ claim, name }: WantedPermission, token: string): string | undefined {
  // Every token of Entra ID says what it is for.
  if (!isReadable(token)) return undefined;
  const value = claimsOf(token)?.[claim];
  const held = (typeof value === 'string' ? value.split(' ') : [value].flat()).filter(
    (each) => typeof each === 'string',
  );
  if (held.some((each) => each.toLowerCase() === name.toLowerCase())) return undefined;
  return excerpt(held.join(', ')) || 'no permission at all';
}

/**
 * The secret that proves to the endpoint of App Service and Container Apps that the module itself asks, by the variable
 * that holds it; none elsewhere.
 */
export function endpointSecrets(env: NodeJS.ProcessEnv): string[] {
  return [env['IDENTITY_HEADER'], env['MSI_SECRET']].filter(
    (secret) => secret !== undefined && secret !== '',
  ) as string[];
}
