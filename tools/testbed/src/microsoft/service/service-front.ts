import type { TransportFaultOptions } from '../faults/transport-faults.js';
import { type Credentials, type Response, withHeaders } from '../http/messages.js';
import { RequestLog, type RequestRecord } from '../http/request-log.js';
import type { IncomingMessage } from 'node:http';
import { type EchoFault, echoResponse, isEchoFault } from '../faults/echo-faults.js';
import { FaultPlan, type FaultyRequest } from '../../faults/fault-plan.js';

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

/** How a kind of fault touches a service's answers. */

export interface FaultRules<Fault extends string> {
  /** Whether it makes sense for a request. */
  readonly applies: (kind: Fault, request: FaultyRequest) => boolean;
  /** Whether the rows of the answer arrive all the same. */
  readonly rowsArrive: (kind: Fault) => boolean;
}

/** What all services have in common: a clock, a log of the requests, and faults on demand. */
export class ServiceFront<Result extends string, Fault extends Result> {
  readonly requests = new RequestLog<Result>();
  readonly faults: FaultPlan<Fault>;
  readonly #options: Readonly<ServiceOptions>;
  readonly #rules: FaultRules<Fault>;
  #echoes = 0;

  constructor(options: Readonly<ServiceOptions>, faultSeed: number, rules: FaultRules<Fault>) {
    this.#options = options;
    this.#rules = rules;
    this.faults = new FaultPlan<Fault>(faultSeed, rules.applies);
  }

  /** The service's clock, in milliseconds since 1970. */
  nowMs(): number {
    return Math.floor(this.#options.now() + this.#options.clockOffsetMs);
  }

  /** Answers what is due, or what a fault makes of it. */
  respond(
    request: IncomingMessage,
    url: URL,
    nowMs: number,
    due: Due<Result>,
    faultResponse: (kind: Exclude<Fault, EchoFault>) => Response,
  ): Response {
    const fault = this.faults.next({ page: due.page, linked: due.linked });
    if (fault === undefined) return this.respondUnfailingly(request, url, nowMs, due);
    const rows = this.#rules.rowsArrive(fault) ? due.rows : 0;
    return this.respondUnfailingly(request, url, nowMs, {
      ...due,
      rows,
      result: fault,
      respond: () =>
        isEchoFault(fault)
          ? echoResponse(fault, request, due.body ?? '', (this.#echoes += 1))
          : faultResponse(fault as Exclude<Fault, EchoFault>),
    });
  }

  /** Answers what is due, whatever faults are planned; writes it down in `requests` and puts the Date on it. */
  respondUnfailingly(request: IncomingMessage, url: URL, nowMs: number, due: Due<Result>): Response {
    const { credentials, startMs, endMs, skiptoken, page, rows, result } = due;
    const given = this.#options.alter(due.respond(), { atMs: nowMs, startMs, endMs, page, skiptoken });
    this.requests.add({
      atMs: nowMs,
      method: request.method ?? '',
      path: url.pathname,
      startMs,
      endMs,
      skiptoken,
      page,
      credentials,
      status: given.manner === 'reset' || given.manner === 'silence' ? null : given.status,
      rows,
      result,
    });
    const dated = withHeaders(given, { Date: new Date(nowMs + this.#options.dateOffsetMs).toUTCString() });
    return { ...dated, delayMs: given.delayMs + this.#options.latencyMs };
  }
}
