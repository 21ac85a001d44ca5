/** The Reporting Web Service's own ways to refuse, and its pages'. */
import { type EchoFault, echoFaults } from '../faults/echo-faults.js';
import {
  isTransportFault,
  pageFaults,
  transportFault,
  type TransportFault,
  transportFaults,
} from '../faults/transport-faults.js';
import { htmlResponse, jsonResponse, type Response, withHeaders } from '../http/messages.js';
import type { LinkDamage } from '../service/service-front.js';
import type { Dialect } from './odata.js';
import type { ReportingOptions } from './trace-query.js';

const ownFaults = [
  'http-400',
  'http-400-time-limit',
  'http-401',
  'http-403',
  'http-404',
  'http-410',
  ...pageFaults,
] as const;

type OwnFault = (typeof ownFaults)[number];

export type ReportingFault = TransportFault | EchoFault | OwnFault;

export const reportingFaults: readonly ReportingFault[] = [...transportFaults, ...echoFaults, ...ownFaults];

export interface FaultContext {
  readonly dialect: Dialect;
  readonly options: ReportingOptions;
  /** The service's clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** The page that is due, with what is wrong with its link. */
  readonly page: (damage?: LinkDamage) => Response;
}

export function faultResponse(kind: Exclude<ReportingFault, EchoFault>, context: FaultContext): Response {
  if (isTransportFault(kind)) return transportFault(kind, () => context.page(), context.nowMs, context.options);
  return ownFault(kind, context);
}

function ownFault(kind: OwnFault, { dialect, options, page }: FaultContext): Response {
  switch (kind) {
    case 'http-400':
      return dialect.error(400, 'The query is not valid.');
    case 'http-400-time-limit':
      return dialect.error(400, tooOld(options.historyDays));
    case 'http-401':
      return unauthorized();
    case 'http-403':
      return noPermission();
    case 'http-404':
      return notFound();
    case 'http-410':
      return htmlResponse(410, 'Gone', 'This service has been retired.');
    case 'dead-link-400':
      return dialect.error(400, 'The skip token is not valid.');
    case 'dead-link-404':
      return dialect.error(404, 'The page was not found.');
    case 'dead-link-410':
      return dialect.error(410, 'The page is no longer available.');
    case 'link-to-another-host':
      return page({ origin: options.foreignOrigin });
    case 'empty-page-with-link':
      return page({ isEmpty: true });
  }
}

/** What is known of the wording is "can't be older than N days"; the rest is ours. */
export function tooOld(historyDays: number): string {
  return `Invalid StartDate value. The StartDate can't be older than ${historyDays} days from today.`;
}

export function unauthorized(): Response {
  const page = htmlResponse(401, '401 - Unauthorized', 'Access is denied due to invalid credentials.');
  return withHeaders(page, { 'WWW-Authenticate': 'Basic realm="reports.office365.com"' });
}

export function noPermission(): Response {
  return jsonResponse(403, { ErrorCode: '', Message: 'No permission to access the report MessageTrace.' });
}

export function notFound(): Response {
  return htmlResponse(404, '404 - File or directory not found', 'The resource you are looking for has been removed.');
}
