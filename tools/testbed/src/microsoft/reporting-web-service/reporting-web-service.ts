/** What one query sees: its bounds, and the rows of its result as keys of the world, newest first. */
import type { MailWorld } from '../world/mail-world.js';
import { BadQueryError } from '../../errors.js';
import { defaultOptions, readQuery, type ReportingOptions, type TraceQuery } from './trace-query.js';
import { faultResponse, noPermission, notFound, type ReportingFault, tooOld, unauthorized } from './service-faults.js';
import {
  absoluteLink,
  type Dialect,
  type DialectName,
  dialectOf,
  negotiate,
  nextQuery,
  offsetOf,
  relativeLink,
  skiptokenFor,
  type TracePage,
} from './odata.js';
import type { IncomingMessage } from 'node:http';
import type { FaultPlan } from '../../faults/fault-plan.js';
import { faultApplies, linkToItself, rowsArrive } from '../faults/transport-faults.js';
import { checkBasic, type Credentials, htmlResponse, type Response } from '../http/messages.js';
import type { RequestLog } from '../http/request-log.js';
import { asked, type Due, dueWithoutPage, ServiceFront } from '../service/service-front.js';
import { credentialsOf, exchangeResource, IssuedTokens, type TokenOutcome } from '../token-service/issued-tokens.js';

export interface ResultView {
  readonly startMs: number;
  readonly endMs: number;
  readonly keys: Float64Array;
  /** The instant at which the world was looked at. */
  readonly atMs: number;
}

/**
 * The results that are being read page by page, by the filter that asked for them. Only the latest few are kept: one
 * that has been pushed out goes on from the present view.
 */
class ResultViews {
  readonly #capacity: number;
  readonly #views = new Map<string, ResultView>();

  constructor(capacity = 8) {
    this.#capacity = capacity;
  }

  open(filter: string | null, view: ResultView): ResultView {
    const name = filter ?? '';
    this.#views.delete(name);
    this.#views.set(name, view);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= this.#capacity) break;
      this.#views.delete(oldest);
    }
    return view;
  }

  find(filter: string | null): ResultView | undefined {
    return this.#views.get(filter ?? '');
  }
}

const dayMs = 86_400_000;
/** What a query without bounds gets. */
const defaultRangeMs = 2 * dayMs;

/** Cuts the pages of a query's result out of the world. */
export class TraceReader {
  readonly #world: MailWorld;
  readonly #options: Readonly<ReportingOptions>;
  readonly #views = new ResultViews();

  constructor(world: MailWorld, options: Readonly<ReportingOptions>) {
    this.#world = world;
    this.#options = options;
  }

  /** Throws BadQueryError where the bounds are beyond the service's limits. An EndDate in the future is none. */
  read(query: TraceQuery, nowMs: number): TracePage {
    this.#checkLimits(query, nowMs);
    const { pageRows, skiptokenStarts } = this.#options;
    const view = this.#view(query, nowMs);
    const offset = offsetOf(query.skiptoken, skiptokenStarts);
    const count = Math.min(pageRows, query.top ?? pageRows);
    const keys = view.keys.subarray(offset, offset + count);
    const next = offset + keys.length;
    // $top is how many rows the client wants altogether: a page that has them all is the last one.
    const more = next < view.keys.length && (query.top === null || keys.length < query.top);
    return {
      organization: this.#world.organization,
      startMs: view.startMs,
      endMs: view.endMs,
      offset,
      rows: Array.from(keys, (key) => this.#world.row(key, view.atMs)),
      nextSkiptoken: more ? skiptokenFor(next, skiptokenStarts) : null,
    };
  }

  #view(query: TraceQuery, nowMs: number): ResultView {
    const continued = query.skiptoken !== null && query.skiptoken > 0;
    const fixed = this.#options.stablePages && continued ? this.#views.find(query.filter) : undefined;
    return fixed ?? this.#views.open(query.filter, this.#look(query, nowMs));
  }

  #look({ bounds }: TraceQuery, atMs: number): ResultView {
    const { startMs, endMs } = bounds ?? { startMs: atMs - defaultRangeMs, endMs: atMs };
    const interval = { fromMs: startMs, toMs: endMs, inclusive: this.#options.inclusiveBounds };
    return { startMs, endMs, keys: this.#world.select(interval, atMs), atMs };
  }

  #checkLimits({ bounds }: TraceQuery, nowMs: number): void {
    if (bounds === null) return;
    const { historyDays, maxRangeDays } = this.#options;
    if (bounds.startMs < nowMs - historyDays * dayMs) throw new BadQueryError(tooOld(historyDays));
    if (maxRangeDays !== null && bounds.endMs - bounds.startMs > maxRangeDays * dayMs) {
      throw new BadQueryError(`The range from StartDate to EndDate can't be longer than ${maxRangeDays} days.`);
    }
  }
}

/** From 1. A page that begins anywhere but at the first row is a later one. */
function pageNumber(offset: number, pageRows: number): number {
  return Math.ceil(offset / pageRows) + 1;
}

/** The path under which the service lives; requests may spell it in any case. */

export const reportingPath = '/ecp/reportingwebservice/reporting.svc';

/** How a request ended: with a page, refused for a reason, or with a fault that was asked for. */
export type ReportingResult = 'page' | 'refused' | 'bad-query' | 'not-acceptable' | 'not-found' | ReportingFault;

/** Microsoft's Reporting Web Service, as far as message traces go. */
export class ReportingWebService {
  readonly options: ReportingOptions;
  readonly requests: RequestLog<ReportingResult>;
  readonly faults: FaultPlan<ReportingFault>;
  readonly #front: ServiceFront<ReportingResult, ReportingFault>;
  readonly #reader: TraceReader;
  readonly #tokens: IssuedTokens;

  /** `tokens`: what it accepts in place of the account's password. */
  constructor(
    world: MailWorld,
    options: Partial<ReportingOptions> = {},
    faultSeed = 1,
    tokens: IssuedTokens = new IssuedTokens(),
  ) {
    this.options = { ...defaultOptions, ...options };
    this.#front = new ServiceFront<ReportingResult, ReportingFault>(this.options, faultSeed, {
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
    return path.toLowerCase().startsWith(`${reportingPath}/`);
  }

  /** Decides what to answer, and writes it down in `requests`. */
  respond(request: IncomingMessage, url: URL): Response {
    const { dialect: wanted, dAsArray } = this.options;
    const nowMs = this.nowMs();
    const name = wanted === 'negotiated' ? negotiate(url.searchParams.get('$format'), request.headers.accept) : wanted;
    const dialect = dialectOf(name ?? 'odata-2', dAsArray);
    const due = this.#due(request, url, nowMs, name, dialect);
    return this.#front.respond(request, url, nowMs, due, (kind) =>
      faultResponse(kind, { dialect, options: this.options, nowMs, page: due.respond }),
    );
  }

  #due(
    request: IncomingMessage,
    url: URL,
    nowMs: number,
    name: DialectName | null,
    dialect: Dialect,
  ): Due<ReportingResult> {
    const outcome = this.#check(request.headers.authorization, nowMs);
    const credentials = credentialsOf(outcome);
    const httpError = (
      result: ReportingResult,
      respond: () => Response,
      query: TraceQuery | null = null,
    ): Due<ReportingResult> => dueWithoutPage(result, credentials, respond, query);

    if (credentials !== 'right') return httpError('refused', unauthorized);
    if (outcome === 'not-permitted') return httpError('refused', noPermission);
    if (url.pathname.toLowerCase() !== `${reportingPath}/messagetrace`) return httpError('not-found', notFound);
    if (request.method !== 'GET')
      return httpError('not-acceptable', () => dialect.error(405, 'Only GET is supported.'));
    if (name === null) return httpError('not-acceptable', atomIsNotSpoken);

    let query: TraceQuery | null = null;
    try {
      query = readQuery(url.searchParams);
      const page = this.#reader.read(query, nowMs);
      const next = this.#unlinked(name) ? null : nextQuery(page, url.searchParams);
      return {
        credentials,
        ...asked(query),
        page: pageNumber(page.offset, this.options.pageRows),
        rows: page.rows.length,
        result: 'page',
        linked: next !== null,
        respond: (damage) =>
          damage?.isEmpty === true
            ? dialect.page({ ...page, rows: [] }, url.origin + reportingPath, linkToItself(url))
            : dialect.page(page, url.origin + reportingPath, next && this.#link(next, url, damage?.origin)),
      };
    } catch (error) {
      if (error instanceof BadQueryError) return httpError('bad-query', () => dialect.error(400, error.message), query);
      throw error;
    }
  }

  #check(header: string | undefined, nowMs: number): TokenOutcome | Credentials {
    const bearer = header !== undefined && /^bearer\b/i.test(header);
    return bearer ? this.#tokens.check(header, exchangeResource, nowMs) : checkBasic(header, this.options);
  }

  #unlinked(dialect: DialectName): boolean {
    return this.options.paging === 'skiptoken' || (dialect === 'odata-2' && this.options.dAsArray);
  }

  #link(query: string, url: URL, foreignOrigin: string | undefined): string {
    if (foreignOrigin === undefined && this.options.paging === 'relative-link') return relativeLink(query);
    return absoluteLink(query, foreignOrigin ?? url.origin);
  }
}

function atomIsNotSpoken(): Response {
  return htmlResponse(
    406,
    '406 - Not acceptable',
    'Atom is not simulated: add $format=json or Accept: application/json.',
  );
}
