import { randomUUID } from 'node:crypto';
import { jsonResponse, type Response } from '../http/answer.js';
import { aadstsError, type AadstsCode } from './aadsts.js';
import type { TokenRequest } from './token-request.js';

export interface GrantedToken {
  readonly accessToken: string;
  readonly permissions: readonly string[];
  readonly lifetimeSeconds: number;
  readonly request: TokenRequest;
  /** Of the tenant. */
  readonly issuer: string;
  readonly tenantId: string;
  readonly nowMs: number;
}

/** The answer with a token; one for an account also says whose it is. */
export function tokenWording(granted: GrantedToken): Response {
  const { accessToken, permissions, lifetimeSeconds, request } = granted;
  const token = {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: accessToken,
  };
  return jsonResponse(200, {
    ...token,
    ...(request.grantType === 'password' && {
      scope: permissions.join(' '),
      ...(request.scopes.includes('openid') && { id_token: idToken(granted) }),
      ...(request.clientInfo && { client_info: base64url({ uid: accountId, utid: granted.tenantId }) }),
    }),
  });
}

/** What the endpoint of a managed identity answers: numbers as text. */
export function identityWording(granted: {
  readonly accessToken: string;
  readonly expiresMs: number;
  readonly nowMs: number;
  readonly resource: string;
}): Response {
  const { accessToken, expiresMs, nowMs, resource } = granted;
  const expiresSeconds = Math.floor(expiresMs / 1000);
  return jsonResponse(200, {
    access_token: accessToken,
    expires_in: String(expiresSeconds - Math.floor(nowMs / 1000)),
    expires_on: String(expiresSeconds),
    resource,
    token_type: 'Bearer',
  });
}

const accountId = '6d0f3b7a-1c58-4e92-b3a4-8f2e7c6d5b01';

/**
 * For the client to read. Its signature is empty: a client that got it from the token service itself need not check it.
 */
function idToken({ request, issuer, tenantId, lifetimeSeconds, nowMs }: GrantedToken): string {
  const nowSeconds = Math.floor(nowMs / 1000);
  const claims = {
    aud: request.clientId,
    iss: issuer,
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + lifetimeSeconds,
    oid: accountId,
    preferred_username: request.userName,
    sub: accountId,
    tid: tenantId,
    ver: '2.0',
  };
  return `${base64url({ typ: 'JWT', alg: 'RS256' })}.${base64url(claims)}.`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** What an error's wording depends on besides its code. */
export interface ErrorContext {
  readonly nowMs: number;
  readonly tenant: string;
  readonly clientId: string;
  /** What the client called its request; undefined: it did not. */
  readonly correlationId: string | undefined;
}

export function aadstsWording(code: AadstsCode, context: ErrorContext): Response {
  const { status, error, text, suberror } = aadstsError(code);
  const [traceId, correlationId] = [randomUUID(), context.correlationId ?? randomUUID()];
  const timestamp = `${new Date(context.nowMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const filled = text.replaceAll('{tenant}', context.tenant).replaceAll('{client}', context.clientId);
  return jsonResponse(status, {
    error,
    error_description: `AADSTS${code}: ${filled} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    ...(suberror !== undefined && { suberror }),
  });
}
