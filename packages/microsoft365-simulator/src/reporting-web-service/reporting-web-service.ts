import type { IncomingMessage } from 'node:http';
import { FaultPlan } from '../faults/fault-plan.js';
import { htmlAnswer, withHeaders, type Answer } from '../http/answer.js';
import { checkBasic, type Credentials } from '../http/credentials.js';
import { RequestLog } from '../http/request-log.js';
import type { MailWorld } from '../world/mail-world.js';
import type { Dialect, DialectName } from './dialect.js';
import { dialectOf, negotiate } from './negotiation.js';
import { absoluteLink, nextQuery, relativeLink } from './next-link.js';
import { defaultOptions, type ReportingOptions } from './options.js';
import { faultAnswer, faultApplies, notFound, unauthorized, type ReportingFault } from './service-faults.js';
import { pageNumber, type TracePage } from './trace-page.js';
import { BadQueryError, readQuery, type TraceQuery } from './trace-query.js';
import { TraceReader } from './trace-reader.js';

/** The path under which the service lives; requests may spell it in any case. */
export const reportingPath = '/ecp/reportingwebservice/reporting.svc';

/** How a request ended: with a page, refused for a reason, or with a fault that was asked for. */
export type ReportingResult = 'page' | 'refused' | 'bad-query' | 'not-acceptable' | 'not-found' | ReportingFault;

/** What would be answered without a fault. */
interface Due {
  readonly result: ReportingResult;
  readonly dialect: Dialect;
  readonly query: TraceQuery | null;
  readonly page: TracePage | null;
  readonly linked: boolean;
  /** `linkOrigin`: the link to the next page leads to that host. */
  readonly answer: (linkOrigin?: string) => Answer;
}

/** Microsoft's Reporting Web Service, as far as message traces go. */
export class ReportingWebService {
  readonly options: ReportingOptions;
  readonly requests = new RequestLog<ReportingResult>();
  readonly faults: FaultPlan<ReportingFault>;
  readonly #reader: TraceReader;

  constructor(world: MailWorld, options: Partial<ReportingOptions> = {}, faultSeed = 1) {
    this.options = { ...defaultOptions, ...options };
    this.faults = new FaultPlan<ReportingFault>(faultSeed, faultApplies);
    this.#reader = new TraceReader(world, this.options);
  }

  /** The service's clock, in milliseconds since 1970. */
  nowMs(): number {
    return Math.floor(this.options.now() + this.options.clockOffsetMs);
  }

  /** Whether a request to that path is for this service. */
  serves(path: string): boolean {
    return path.toLowerCase().startsWith(`${reportingPath}/`);
  }

  /** Decides what to answer, and writes it down in `requests`. */
  answer(request: IncomingMessage, url: URL): Answer {
    const nowMs = this.nowMs();
    const credentials = checkBasic(request.headers.authorization, this.options);
    const due = this.#due(request, url, nowMs, credentials);
    const number = due.page && pageNumber(due.page.offset, this.options.pageRows);
    const fault = this.faults.next({ page: number, linked: due.linked });
    const context = { dialect: due.dialect, options: this.options, nowMs, page: due.answer };
    const given = fault === undefined ? due.answer() : faultAnswer(fault, context);
    this.requests.add({
      atMs: nowMs,
      method: request.method ?? '',
      path: url.pathname,
      startMs: due.query?.bounds?.startMs ?? null,
      endMs: due.query?.bounds?.endMs ?? null,
      skiptoken: due.query?.skiptoken ?? null,
      page: number,
      credentials,
      status: given.manner === 'reset' || given.manner === 'silence' ? null : given.status,
      rows: due.page !== null && arrives(fault) ? due.page.rows.length : 0,
      result: fault ?? due.result,
    });
    const date = { Date: new Date(nowMs).toUTCString() };
    return { ...withHeaders(given, date), delayMs: given.delayMs + this.options.latencyMs };
  }

  #due(request: IncomingMessage, url: URL, nowMs: number, credentials: Credentials): Due {
    const { dialect: wanted, dAsArray } = this.options;
    const name = wanted === 'negotiated' ? negotiate(url.searchParams.get('$format'), request.headers.accept) : wanted;
    const dialect = dialectOf(name ?? 'odata-2', dAsArray);
    const refusal = (result: ReportingResult, answer: () => Answer, query: TraceQuery | null = null): Due => ({
      result,
      dialect,
      query,
      page: null,
      linked: false,
      answer,
    });

    if (credentials !== 'right') return refusal('refused', unauthorized);
    if (url.pathname.toLowerCase() !== `${reportingPath}/messagetrace`) return refusal('not-found', notFound);
    if (request.method !== 'GET') return refusal('not-acceptable', () => dialect.error(405, 'Only GET is supported.'));
    if (name === null) return refusal('not-acceptable', atomIsNotSpoken);

    let query: TraceQuery | null = null;
    try {
      query = readQuery(url.searchParams);
      const page = this.#reader.read(query, nowMs);
      const next = this.#unlinked(name) ? null : nextQuery(page, url.searchParams);
      const answer = (linkOrigin?: string): Answer =>
        dialect.page(page, url.origin + reportingPath, next && this.#link(next, url, linkOrigin));
      return { result: 'page', dialect, query, page, linked: next !== null, answer };
    } catch (error) {
      if (error instanceof BadQueryError) return refusal('bad-query', () => dialect.error(400, error.message), query);
      throw error;
    }
  }

  #unlinked(dialect: DialectName): boolean {
    return this.options.paging === 'skiptoken' || (dialect === 'odata-2' && this.options.dAsArray);
  }

  #link(query: string, url: URL, foreignOrigin: string | undefined): string {
    if (foreignOrigin === undefined && this.options.paging === 'relative-link') return relativeLink(query);
    return absoluteLink(query, foreignOrigin ?? url.origin);
  }
}

function arrives(fault: ReportingFault | undefined): boolean {
  return fault === undefined || fault === 'slow-answer' || fault === 'link-to-another-host';
}

function atomIsNotSpoken(): Answer {
  return htmlAnswer(
    406,
    '406 - Not acceptable',
    'Atom is not simulated: add $format=json or Accept: application/json.',
  );
}
