/** Microsoft Graph's own ways to refuse, and its pages'. */
import { type EchoFault, echoFaults } from '../faults/echo-faults.js';
import {
  isTransportFault,
  pageFaults,
  skiptokenFaults,
  transportFault,
  type TransportFault,
  transportFaults,
} from '../faults/transport-faults.js';
import { jsonResponse, type Response, withHeaders } from '../http/messages.js';
import type { LinkDamage } from '../service/service-front.js';
import type { TokenOutcome } from '../token-service/issued-tokens.js';
import type { GraphOptions } from './options.js';
import type { ErrorWording } from './wording.js';

const ownFaults = [
  'http-400',
  'http-400-time-limit',
  'http-401',
  'http-403',
  'http-404',
  'http-410',
  'http-500-hiding-400',
  'over-quota-429',
  'service-principal-less',
  ...pageFaults,
  ...skiptokenFaults,
] as const;

type OwnFault = (typeof ownFaults)[number];

export type GraphFault = TransportFault | EchoFault | OwnFault;

export const graphFaults: readonly GraphFault[] = [...transportFaults, ...echoFaults, ...ownFaults];

export interface FaultContext {
  readonly error: ErrorWording;
  readonly options: GraphOptions;
  /** The service's clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** The page that is due, with what is wrong with its link. */
  readonly page: (damage?: LinkDamage) => Response;
}

export function faultResponse(kind: Exclude<GraphFault, EchoFault>, context: FaultContext): Response {
  if (isTransportFault(kind)) return transportFault(kind, () => context.page(), context.nowMs, context.options);
  return ownFault(kind, context);
}

function ownFault(kind: OwnFault, { error, options, page }: FaultContext): Response {
  switch (kind) {
    case 'http-400':
      return badRequest(error, 'The query is not valid.');
    case 'http-400-time-limit':
      return badRequest(error, tooOld(options.historyDays));
    case 'http-401':
      return tokenRefused(error, 'unknown');
    case 'http-403':
      return tokenRefused(error, 'not-permitted');
    case 'http-404':
      return notFound(error);
    case 'http-410':
      return error(410, 'Gone', 'This API has been retired.');
    case 'http-500-hiding-400':
      return hiddenBadRequest();
    case 'over-quota-429':
      return overQuota(error, null);
    case 'service-principal-less':
      return servicePrincipalLess(error, options.servicePrincipalError);
    case 'dead-link-400':
      return badRequest(error, 'The $skiptoken is not valid.');
    case 'dead-link-404':
      return error(404, 'ResourceNotFound', 'The page was not found.');
    case 'dead-link-410':
      return error(410, 'Gone', 'The page is no longer available.');
    case 'link-to-another-host':
      return page({ origin: options.foreignOrigin });
    case 'empty-page-with-link':
      return page({ isEmpty: true });
    case 'double-encoded-token':
      return page({ skiptoken: 'double-encoded' });
    case 'empty-recipient-token':
      return page({ skiptoken: 'empty-recipient' });
  }
}

export function badRequest(error: ErrorWording, message: string): Response {
  return error(400, 'BadRequest', message);
}

/** Our wording, after that of the Reporting Web Service. */
export function tooOld(historyDays: number): string {
  return `Invalid receivedDateTime. The start date can't be older than ${historyDays} days from today.`;
}

export function notFound(error: ErrorWording): Response {
  return error(404, 'ResourceNotFound', 'Resource not found.');
}

const tokenMessages: Readonly<Record<Exclude<TokenOutcome, 'right' | 'not-permitted'>, string>> = {
  missing: 'Access token is empty.',
  unknown: 'Access token validation failure.',
  'wrong-audience': 'Access token validation failure. Invalid audience.',
  expired: 'Lifetime validation failed, the token is expired.',
};

export function tokenRefused(error: ErrorWording, outcome: Exclude<TokenOutcome, 'right'>): Response {
  if (outcome === 'not-permitted') {
    return error(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
  }
  const challenge =
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ' +
    'client_id="00000003-0000-0000-c000-000000000000"';
  const refused = error(401, 'InvalidAuthenticationToken', tokenMessages[outcome]);
  return withHeaders(refused, { 'WWW-Authenticate': challenge });
}

/** The beginning is documented, the rest is what administrators have reported. */
export function servicePrincipalLess(error: ErrorWording, status: 401 | 403): Response {
  const message =
    'Service principal-less Authentication failed: The service principal for App ID ' +
    '8bd644d1-64a1-4d4b-ae52-2e0cbf64e373 was not found. Please create a service principal for this app in your tenant. ' +
    'Provisioning may take several hours to complete.';
  return error(status, status === 401 ? 'Unauthorized' : 'Forbidden', message);
}

/** `waitMs`: until there is room again; null where the answer is not to say so. */
export function overQuota(error: ErrorWording, waitMs: number | null): Response {
  const refused = error(429, 'TooManyRequests', 'Your recent queries have surpassed the permitted limit.');
  return waitMs === null ? refused : withHeaders(refused, { 'Retry-After': String(Math.ceil(waitMs / 1000)) });
}

/**
 * An exception within the answer says what is wrong with the request, as one tenant has seen it. Asking again does not
 * help.
 */
function hiddenBadRequest(): Response {
  const internalexception = {
    message: 'Invalid filter clause: the dates of receivedDateTime cannot be used.',
    type: 'Microsoft.Exchange.Management.Tasks.ValidationException',
    stacktrace: '',
  };
  const innererror = { message: 'An error occurred while processing the request.', internalexception };
  return jsonResponse(500, { error: { code: 'UnknownError', message: '', innererror } });
}
