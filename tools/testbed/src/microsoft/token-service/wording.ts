import { randomUUID } from 'node:crypto';
import { jsonResponse, type Response } from '../http/messages.js';
import { type AadstsCode, aadstsCodes, aadstsError } from './aadsts.js';
import type { TokenRequest, TokenServiceOptions } from './options.js';
import { type EchoFault, echoFaults } from '../faults/echo-faults.js';
import { isTransportFault, transportFault, type TransportFault, transportFaults } from '../faults/transport-faults.js';

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

/** A refusal with that code of Entra ID, such as `aadsts-50126`. */
export type AadstsFault = `aadsts-${AadstsCode}`;

/** Refusals without a code, and answers that are neither a token nor an error. */
const ownFaults = ['temporarily-unavailable', 'no-fields-200', 'no-fields-400'] as const;

type OwnFault = (typeof ownFaults)[number];

export type TokenFault = TransportFault | EchoFault | OwnFault | AadstsFault;

export const tokenFaults: readonly TokenFault[] = [
  ...transportFaults,
  ...echoFaults,
  ...ownFaults,
  ...aadstsCodes.map(aadstsFault),
];

export function aadstsFault(code: AadstsCode): AadstsFault {
  return `aadsts-${code}`;
}

export interface FaultContext {
  readonly options: TokenServiceOptions;
  readonly error: ErrorContext;
  readonly due: () => Response;
}

export function faultResponse(kind: Exclude<TokenFault, EchoFault>, { options, error, due }: FaultContext): Response {
  if (isTransportFault(kind)) return transportFault(kind, due, error.nowMs, options);
  const code = aadstsCodes.find((candidate) => kind === aadstsFault(candidate));
  return code === undefined ? ownFault(kind as OwnFault) : aadstsWording(code, error);
}

function ownFault(kind: OwnFault): Response {
  switch (kind) {
    case 'temporarily-unavailable':
      return jsonResponse(400, {
        error: 'temporarily_unavailable',
        error_description: 'The server is temporarily too busy to handle the request.',
      });
    case 'no-fields-200':
      return jsonResponse(200, {});
    case 'no-fields-400':
      return jsonResponse(400, { message: 'The request could not be understood.' });
  }
}
