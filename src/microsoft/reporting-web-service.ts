import type { Response } from './http/transport.js';
import { type Guidance, httpErrorBy } from './classify-response.js';
import type { Page, ReadOptions, Source, SourceLimits, TimeRange, TraceRecord } from '../model/ports.js';
import { isObject, type JsonObject, type JsonValue } from '../model/json.js';
import { size, text } from './http/json.js';
import { ipAddressOf, timestampMs, timestampOf } from './http/row-values.js';
import { UnavailableError } from '../model/errors.js';
import { pageReader, SEARCH_ELSEWHERE, sortEntries } from './paging/page-reader.js';
import { type LinkedPage, walkPages } from './paging/page-walk.js';
import type { MicrosoftClient } from './http/client.js';
import type { LinkMonitor } from './paging/detours.js';

/** What an answer that is not a page of rows means; undefined for one that may be a page. See `refusalBy`. */
export function httpErrorOf(response: Response, isFirstPage: boolean, guidance: Guidance): Error | undefined {
  return httpErrorBy('The Reporting Web Service', response, isFirstPage, guidance);
}

/** The most that a page holds; other collectors rely on it. */
const pageRows = 2000;

/**
 * The address of a range's first page. Despite `eq`, StartDate and EndDate are the two bounds on Received. Whether the
 * bounds themselves are within is not documented: the query begins a second early, so that a row that lies on a bound
 * is in one of two adjoining ranges.
 * @param isExact not a second early: where that second cannot be read, it would take this range with it
 */
export function rangeUrl(apiUrl: string, range: TimeRange, isExact = false): URL {
  const url = new URL(`${apiUrl.replace(/\/+$/, '')}/MessageTrace`);
  const start = isExact ? range.start : range.start - 1000;
  const filter = `StartDate eq ${dateTime(start)} and EndDate eq ${dateTime(range.end)}`;
  // Not through searchParams: it writes a blank as `+`, which this service reads as a plus.
  url.search = `?$format=json&$filter=${encodeURIComponent(filter)}`;
  return url;
}

/**
 * The page that begins at a row, for a service that gave no link to it; everything else of the query stays as it was.
 */
export function pageUrl(range: URL, firstRow: number): URL {
  const url = new URL(range);
  url.search = `${range.search}&$skiptoken=${firstRow}`;
  return url;
}

/** The end of a query that still holds what was received at a row's time, whether the bound is inclusive or not. */
function endAt({ receivedMs = NaN }: TraceRecord): number {
  return (Math.floor(receivedMs / 1000) + 1) * 1000;
}

function dateTime(timeMs: number): string {
  return `datetime'${new Date(timeMs).toISOString().replace('.000Z', 'Z')}'`;
}

/**
 * A row of either dialect as a record. A field of another type than documented counts as absent; the raw row keeps it.
 */
export function toRecord(row: JsonObject): TraceRecord {
  const received = timestampOf(row['Received']);
  return {
    dialect: 'reporting_web_service',
    traceId: text(row['MessageTraceId']),
    recipient: text(row['RecipientAddress']),
    sender: text(row['SenderAddress']),
    status: text(row['Status']),
    received,
    receivedMs: received === undefined ? undefined : timestampMs(received),
    messageId: text(row['MessageId']),
    subject: text(row['Subject']),
    size: size(row['Size']),
    fromIp: ipAddressOf(row['FromIP']),
    toIp: ipAddressOf(row['ToIP']),
    organization: text(row['Organization']),
    start: timestampOf(row['StartDate']),
    end: timestampOf(row['EndDate']),
    raw: row,
  };
}

/**
 * Reads the answer of either dialect: `{"d":{"results":[…],"__next"}}` (also `{"d":[…]}`) or
 * `{"value":[…],"odata.nextLink"}`.
 * @throws UnavailableError for JSON that is neither, PlanAgainError for more rows than fit into memory
 */
export function parsePage(response: JsonValue): LinkedPage {
  const { entries, nextLink } = entriesOf(response);
  const { rows, unreadable } = sortEntries(entries, 'The Reporting Web Service');
  return { records: rows.map(toRecord), unreadable, nextLink };
}

function entriesOf(response: JsonValue): { entries: JsonValue[]; nextLink: string | undefined } {
  if (isObject(response)) {
    const { d } = response;
    if (Array.isArray(d)) return { entries: d, nextLink: undefined };
    if (isObject(d) && Array.isArray(d['results'])) return { entries: d['results'], nextLink: linkIn(d) };
    if (Array.isArray(response['value'])) return { entries: response['value'], nextLink: linkIn(response) };
  }
  throw new UnavailableError('The Reporting Web Service answered JSON that holds no rows in a form that is known.');
}

function linkIn(lockOwner: JsonObject): string | undefined {
  const link = lockOwner['__next'] ?? lockOwner['odata.nextLink'] ?? lockOwner['@odata.nextLink'];
  return typeof link === 'string' && link !== '' ? link : undefined;
}

const dayMs = 86_400_000;

/**
 * The Reporting Web Service's MessageTrace. Pages hold 2,000 rows at most, newest first. How far back it can be asked
 * is documented differently in different places (10 and 30 days), so it is learned from its refusal; for the width of a
 * range, the smaller of the two is safe.
 */
export class ReportingWebServiceSource implements Source {
  readonly name = 'reporting_web_service';
  readonly searchElsewhere = SEARCH_ELSEWHERE;
  /** Queries begin a second early. */
  readonly limits: SourceLimits = { pageRows, rangeMs: 10 * dayMs - 1000 };
  readonly #client: MicrosoftClient;
  readonly #apiUrl: string;
  readonly #guidance: Guidance;
  readonly #links: LinkMonitor | undefined;

  constructor(apiUrl: string, client: MicrosoftClient, guidance: Guidance, links?: LinkMonitor) {
    this.#apiUrl = apiUrl;
    this.#client = client;
    this.#guidance = guidance;
    this.#links = links;
  }

  pages(range: TimeRange, signal: AbortSignal, options: ReadOptions = {}): AsyncGenerator<Page, void, undefined> {
    const query = (part: TimeRange) => rangeUrl(this.#apiUrl, part, options.exact);
    return walkPages({
      service: 'The Reporting Web Service',
      firstUrl: query(range),
      read: pageReader({
        client: this.#client,
        httpErrorOf: (response, isFirst) => httpErrorOf(response, isFirst, this.#guidance),
        parsePage,
        signal,
        ...options,
      }),
      // A full page without a link is asked on from by offset, less one row: clients disagree whether the offset names
      // the first row of the page or the last one before it, and a row read twice is known by its fingerprint, a row
      // left out by nothing.
      withoutLink: ({ records, unreadable }, rows, firstUrl) =>
        records.length + unreadable.length >= pageRows ? pageUrl(firstUrl, rows - 1) : undefined,
      isProbe: options.tries !== undefined,
      detours: { range, query, endAt, monitor: this.#links },
    });
  }
}
