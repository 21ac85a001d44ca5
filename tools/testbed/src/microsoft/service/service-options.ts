import type { TransportFaultOptions } from '../faults/transport-faults.js';
import type { Credentials, Response } from '../http/messages.js';
import type { RequestRecord } from '../http/request-log.js';

/** What an answer is for: the bounds are null where the request named none, the page where it was no valid query. */
export type AlteredRequest = Pick<RequestRecord<string>, 'atMs' | 'startMs' | 'endMs' | 'page' | 'skiptoken'>;

/** What every service can be told. Everything may be changed while it runs; the next request sees it. */
export interface ServiceOptions extends TransportFaultOptions {
  /** How long every answer takes at least. */
  latencyMs: number;
  /** How far the service's clock is ahead of `now`: its Date header, what it shows, its limits. */
  clockOffsetMs: number;
  /** How much further ahead the Date header alone is, as where a proxy with a wrong clock writes it. */
  dateOffsetMs: number;
  retryAfterSeconds: number;
  slowResponseMs: number;
  signInOrigin: string;
  /** The time, in milliseconds since 1970. */
  now: () => number;
  /**
   * Makes another answer of each one that is due, a fault's included: for what only some rows, times or ranges suffer
   * from. The log has the new status; the result and the rows are those of the answer that was due.
   */
  alter: (due: Response, request: AlteredRequest) => Response;
}

export const defaultServiceOptions: Readonly<ServiceOptions> = {
  latencyMs: 0,
  clockOffsetMs: 0,
  dateOffsetMs: 0,
  retryAfterSeconds: 1,
  slowResponseMs: 2_000,
  signInOrigin: 'https://login.microsoftonline.com',
  now: Date.now,
  alter: (due) => due,
};

/** What is wrong with the link to the next page. */
export interface LinkDamage {
  /** It leads to that host. */
  readonly origin?: string;
  /** What is wrong with its token; only Microsoft Graph's are known to come so. */
  readonly skiptoken?: 'double-encoded' | 'empty-recipient';
  /** The page has no rows, and a link to itself. */
  readonly isEmpty?: boolean;
}

/** What would be answered without a fault, and what the request log is to say of it. */
export interface Due<Result extends string> extends Pick<
  RequestRecord<Result>,
  'credentials' | 'startMs' | 'endMs' | 'skiptoken' | 'page' | 'rows' | 'result'
> {
  /** Whether the answer names a next page. */
  readonly linked: boolean;
  /** The request's body; nothing by default. */
  readonly body?: string;
  readonly respond: (damage?: LinkDamage) => Response;
}

/** What the services' queries for pages have in common. */
export interface PagedQuery {
  readonly bounds: { readonly startMs: number; readonly endMs: number } | null;
  readonly skiptoken: number | string | null;
}

/** What the request log says of a query; null where there was none. */
export function asked(query: PagedQuery | null): Pick<Due<string>, 'startMs' | 'endMs' | 'skiptoken'> {
  return {
    startMs: query?.bounds?.startMs ?? null,
    endMs: query?.bounds?.endMs ?? null,
    skiptoken: query?.skiptoken ?? null,
  };
}

/** Any answer but a page: most are refusals. */
export function dueWithoutPage<Result extends string>(
  result: Result,
  credentials: Credentials,
  respond: () => Response,
  query: PagedQuery | null = null,
): Due<Result> {
  return { credentials, ...asked(query), page: null, rows: 0, result, linked: false, respond };
}
