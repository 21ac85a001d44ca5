import { parseWithin, TOKEN_JSON } from '@sekoia/automation-sdk-shim';
import { isObject, type JsonObject } from '../json.js';

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
