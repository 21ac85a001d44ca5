import { BadQueryError } from '../../errors.js';
import type { MailRow } from '../world/mail-row.js';
import type { MailWorld } from '../world/mail-world.js';
import { detailsWording, readDetailsPath } from './details.js';
import { fits } from './filter.js';
import { defaultOptions, type GraphOptions, prefersUnknownMembers } from './options.js';
import { errorWording, type ErrorWording, pageWording } from './wording.js';
import { compareKeys, keyOf, nextLink, PageNumbers, readQuery, type TracePage, type TraceQuery } from './paging.js';
import {
  badRequest,
  faultResponse,
  type GraphFault,
  notFound,
  overQuota,
  servicePrincipalLess,
  tokenRefused,
  tooOld,
} from './service-faults.js';
import type { IncomingMessage } from 'node:http';
import type { FaultPlan } from '../../faults/fault-plan.js';
import { faultApplies, linkToItself, rowsArrive } from '../faults/transport-faults.js';
import type { Response } from '../http/messages.js';
import type { RequestLog } from '../http/request-log.js';
import { asked, type Due, dueWithoutPage, ServiceFront } from '../service/service-front.js';
import { credentialsOf, graphResource, type IssuedTokens } from '../token-service/issued-tokens.js';

const dayMs = 86_400_000;

/** Cuts the pages of a query's result out of the world, each out of what there is when it is asked for. */
export class TraceReader {
  readonly #world: MailWorld;
  readonly #options: Readonly<GraphOptions>;
  readonly #numbers = new PageNumbers();

  constructor(world: MailWorld, options: Readonly<GraphOptions>) {
    this.#world = world;
    this.#options = options;
  }

  /** Throws BadQueryError where the bounds are beyond the service's limits; an end in the future is. */
  read(query: TraceQuery, nowMs: number): TracePage {
    this.#checkLimits(query, nowMs);
    const { filter, skiptoken, top, bounds } = query;
    const number = skiptoken === null ? 1 : this.#numbers.find(filter, skiptoken.after);
    const size = Math.min(top, this.#options.pageRows);
    const rows: MailRow[] = [];
    for (const row of this.#shown(query, nowMs)) {
      rows.push(row);
      if (rows.length > size) break;
    }
    const page = rows.slice(0, size);
    const last = page.at(-1);
    if (rows.length <= size || last === undefined) return { number, rows: page, next: null };
    const after = keyOf(last, this.#options);
    this.#numbers.add(filter, after, number + 1);
    const start = skiptoken?.start ?? { ms: bounds.startMs, ticks: 0 };
    return { number, rows: page, next: { start, after, resultSize: top } };
  }

  /** The row of a message and a recipient, and how many rows the message has; undefined where there is none. */
  find(traceId: string, recipient: string, nowMs: number): { row: MailRow; recipients: number } | undefined {
    let found: MailRow | undefined;
    let recipients = 0;
    for (const key of this.#world.select({ fromMs: -Infinity, toMs: Infinity, inclusive: true }, nowMs)) {
      const row = this.#world.row(key, nowMs);
      if (row.traceId !== traceId.toLowerCase()) continue;
      recipients++;
      if (row.recipient.toLowerCase() === recipient.toLowerCase()) found = row;
    }
    return found && { row: found, recipients };
  }

  *#shown(query: TraceQuery, nowMs: number): Generator<MailRow> {
    const { conditions, skiptoken } = query;
    const { rowsWithoutId, ignoredFilters, refusedFilters } = this.#options;
    const refused = refusedFilters.find((property) => conditions.has(property));
    if (refused !== undefined) throw new BadQueryError(`Invalid filter clause: ${refused} cannot be filtered by.`);
    const applied = new Map([...conditions].filter(([property]) => !ignoredFilters.includes(property)));
    const shown = new Map<string, number>();
    const isLimited = rowsWithoutId !== null && !applied.has('id');
    // What a message has shown on earlier pages counts, too.
    const from = isLimited ? { ...query, skiptoken: null } : query;
    const after = isLimited ? skiptoken?.after : undefined;
    for (const row of this.#rowsFrom(from, nowMs)) {
      if (!fits(row, applied)) continue;
      const count = (shown.get(row.traceId) ?? 0) + 1;
      if (isLimited) shown.set(row.traceId, count);
      if (isLimited && count > rowsWithoutId) continue;
      if (after === undefined || compareKeys(after, keyOf(row, this.#options)) < 0) yield row;
    }
  }

  /**
   * The rows from where a query goes on. Two that were received at the same time and have the same recipient have one
   * key: where a page ends between them, the second is on no page.
   */
  *#rowsFrom({ bounds, skiptoken }: TraceQuery, nowMs: number): Generator<MailRow> {
    const after = skiptoken?.after;
    const toMs = Math.min(bounds.endMs, after?.received.ms ?? Infinity);
    const fromMs = Math.max(bounds.startMs, skiptoken?.start.ms ?? -Infinity);
    if (toMs < fromMs) return;
    const keys = this.#world.select({ fromMs, toMs, inclusive: true }, nowMs);
    let group: MailRow[] = [];
    const sorted = () => this.#inOrder(group, after);
    for (const key of keys) {
      const row = this.#world.row(key, nowMs);
      if (group[0] !== undefined && group[0].receivedMs !== row.receivedMs) {
        yield* sorted();
        group = [];
      }
      group.push(row);
    }
    yield* sorted();
  }

  /** Of rows of one millisecond, those after a key. */
  #inOrder(group: MailRow[], after: Parameters<typeof compareKeys>[0] | undefined): MailRow[] {
    const keyed = group.map((row) => ({ row, key: keyOf(row, this.#options) }));
    if (keyed.length > 1) keyed.sort((one, other) => compareKeys(one.key, other.key));
    return keyed.filter(({ key }) => after === undefined || compareKeys(after, key) < 0).map(({ row }) => row);
  }

  #checkLimits({ bounds }: TraceQuery, nowMs: number): void {
    const { historyDays, maxRangeDays } = this.#options;
    if (bounds.endMs > nowMs) throw new BadQueryError('The end of receivedDateTime must not be in the future.');
    if (bounds.startMs < nowMs - historyDays * dayMs) throw new BadQueryError(tooOld(historyDays));
    if (bounds.endMs - bounds.startMs > maxRangeDays * dayMs) {
      throw new BadQueryError(`The range of receivedDateTime can't be longer than ${maxRangeDays} days.`);
    }
  }
}

type QuotaOptions = Pick<GraphOptions, 'quotaRequests' | 'quotaWindowMs' | 'quotaTakenByOthers'>;

/** Counts the requests of a running window. A request that is refused does not count. */
class Quota {
  #takenMs: number[] = [];

  /** Takes one request's share: null, or, if none is left, how many milliseconds it is until one will be. */
  take(nowMs: number, { quotaRequests, quotaWindowMs, quotaTakenByOthers }: Readonly<QuotaOptions>): number | null {
    this.#takenMs = this.#takenMs.filter((takenMs) => takenMs > nowMs - quotaWindowMs);
    const ours = quotaRequests - quotaTakenByOthers;
    if (this.#takenMs.length < ours) {
      this.#takenMs.push(nowMs);
      return null;
    }
    const freed = this.#takenMs.at(-ours);
    return ours <= 0 || freed === undefined ? quotaWindowMs : freed + quotaWindowMs - nowMs;
  }
}

/** The path under which the service lives; requests may spell it in any case. */

export const graphPath = '/v1.0';

const tracesPath = `${graphPath}/admin/exchange/tracing/messagetraces`;

/** How a request ended: with a page, refused for a reason, or with a fault that was asked for. */
export type GraphResult =
  | 'page'
  | 'details'
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
    const details = readDetailsPath(url.pathname);
    if (details === undefined && url.pathname.toLowerCase() !== tracesPath)
      return httpError('not-found', () => notFound(error));
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

    if (details !== undefined) {
      const found = this.#reader.find(details.traceId, details.recipient, nowMs);
      const respond = () => detailsWording(found?.row, found?.recipients ?? 0, url.origin);
      return dueWithoutPage('details', credentials, respond);
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
