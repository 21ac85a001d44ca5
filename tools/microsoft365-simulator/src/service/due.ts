import type { Response } from '../http/answer.js';
import type { Credentials } from '../http/credentials.js';
import type { RequestRecord } from '../http/request-log.js';

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
