import type { AuthenticationResult } from '@azure/msal-node';
import { UnavailableError } from '../errors.js';
import type { Token } from './bearer-authorization.js';

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
