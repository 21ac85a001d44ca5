/** The path under which the service lives; requests may spell it in any case. */
import type { IncomingMessage } from 'node:http';
import type { FaultPlan } from '../faults/fault-plan.js';
import { faultApplies, linkToItself, rowsArrive } from '../faults/transport-faults.js';
import type { Response } from '../http/messages.js';
import type { RequestLog } from '../http/request-log.js';
import { BadQueryError } from '../errors.js';
import { asked, type Due, dueWithoutPage } from '../service/service-options.js';
import { ServiceFront } from '../service/service-front.js';
import { credentialsOf, graphResource, type IssuedTokens } from '../token-service/issued-tokens.js';
import type { MailWorld } from '../world/mail-world.js';
import { nextLink } from './paging.js';
import { defaultOptions, type GraphOptions, prefersUnknownMembers } from './options.js';
import { Quota } from './quota.js';
import {
  badRequest,
  faultResponse,
  type GraphFault,
  notFound,
  overQuota,
  servicePrincipalLess,
  tokenRefused,
} from './service-faults.js';
import { readQuery, type TraceQuery } from './trace-query.js';
import { TraceReader } from './trace-reader.js';
import { errorWording, type ErrorWording, pageWording } from './wording.js';

export const graphPath = '/v1.0';

const tracesPath = `${graphPath}/admin/exchange/tracing/messagetraces`;

/** How a request ended: with a page, refused for a reason, or with a fault that was asked for. */
export type GraphResult =
  | 'page'
  | 'refused'
  | 'service-principal-less'
  | 'over-quota'
  | 'bad-query'
  | 'not-acceptable'
  | 'not-found'
  | GraphFault;

/** Microsoft Graph, as far as message traces go. */
export class Graph {
  readonly options: GraphOptions;
  readonly requests: RequestLog<GraphResult>;
  readonly faults: FaultPlan<GraphFault>;
  readonly #front: ServiceFront<GraphResult, GraphFault>;
  readonly #reader: TraceReader;
  readonly #quota = new Quota();
  readonly #tokens: IssuedTokens;

  constructor(world: MailWorld, tokens: IssuedTokens, options: Partial<GraphOptions> = {}, faultSeed = 1) {
    this.options = { ...defaultOptions, ...options };
    this.#front = new ServiceFront<GraphResult, GraphFault>(this.options, faultSeed, {
      applies: faultApplies,
      rowsArrive,
    });
    this.requests = this.#front.requests;
    this.faults = this.#front.faults;
    this.#reader = new TraceReader(world, this.options);
    this.#tokens = tokens;
  }

  /** The service's clock, in milliseconds since 1970. */
  nowMs(): number {
    return this.#front.nowMs();
  }

  /** Whether a request to that path is for this service. */
  serves(path: string): boolean {
    return path.toLowerCase().startsWith(`${graphPath}/`);
  }

  /** Decides what to answer, and writes it down in `requests`. */
  respond(request: IncomingMessage, url: URL): Response {
    const nowMs = this.nowMs();
    const clientRequestId = request.headers['client-request-id'];
    const error = errorWording(nowMs, typeof clientRequestId === 'string' ? clientRequestId : undefined);
    const due = this.#due(request, url, nowMs, error);
    return this.#front.respond(request, url, nowMs, due, (kind) =>
      faultResponse(kind, { error, options: this.options, nowMs, page: due.respond }),
    );
  }

  #due(request: IncomingMessage, url: URL, nowMs: number, error: ErrorWording): Due<GraphResult> {
    const outcome = this.#tokens.check(request.headers.authorization, graphResource, nowMs);
    const credentials = credentialsOf(outcome);
    const skiptoken = url.searchParams.get('$skiptoken');
    const httpError = (
      result: GraphResult,
      respond: () => Response,
      query: TraceQuery | null = null,
    ): Due<GraphResult> => dueWithoutPage(result, credentials, respond, query && { ...query, skiptoken });

    if (outcome !== 'right') return httpError('refused', () => tokenRefused(error, outcome));
    if (url.pathname.toLowerCase() !== tracesPath) return httpError('not-found', () => notFound(error));
    if (request.method !== 'GET') {
      return httpError('not-acceptable', () => error(405, 'MethodNotAllowed', 'Only GET is supported.'));
    }
    const { options } = this;
    if (options.servicePrincipalFromMs === null || nowMs < options.servicePrincipalFromMs) {
      return httpError('service-principal-less', () => servicePrincipalLess(error, options.servicePrincipalError));
    }
    const waitMs = this.#quota.take(nowMs, options);
    if (waitMs !== null) {
      return httpError('over-quota', () => overQuota(error, options.quotaRetryAfter ? waitMs : null));
    }

    let query: TraceQuery | null = null;
    try {
      query = readQuery(url.searchParams);
      const page = this.#reader.read(query, nowMs);
      const unknownMembers = prefersUnknownMembers(request.headers['prefer']);
      return {
        credentials,
        ...asked({ ...query, skiptoken }),
        page: page.number,
        rows: page.rows.length,
        result: 'page',
        linked: page.next !== null,
        respond: (damage) => {
          const shown = damage?.isEmpty === true ? { ...page, rows: [] } : page;
          const link = damage?.isEmpty === true ? linkToItself(url) : nextLink(page, url, damage);
          return pageWording(shown, url.origin, link, { options, unknownMembers });
        },
      };
    } catch (caught) {
      if (!(caught instanceof BadQueryError)) throw caught;
      return httpError('bad-query', () => badRequest(error, caught.message), query);
    }
  }
}
