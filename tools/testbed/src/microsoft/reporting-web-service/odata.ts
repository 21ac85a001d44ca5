import { jsonResponse, type Response, withHeaders } from '../http/messages.js';
import type { MailRow } from '../world/mail-row.js';

export type DialectName = 'odata-2' | 'odata-3';

/** How the answers of the service are worded. */
export interface Dialect {
  /** `serviceUrl` is the service's base, without a slash at its end; `link` names the next page. */
  page(page: TracePage, serviceUrl: string, link: string | null): Response;
  error(status: number, text: string): Response;
}

/** One page of a result, before it is put into words. */
export interface TracePage {
  readonly organization: string;
  /** The bounds of the query, echoed in every row; milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  /** Of the first row, in the whole result. */
  readonly offset: number;
  readonly rows: readonly MailRow[];
  /** The value of `$skiptoken` for the rows after these; null on the last page. */
  readonly nextSkiptoken: number | null;
}

/** Where `$skiptoken` points to: the offset of the first row that it asks for. */
export function offsetOf(skiptoken: number | null, starts: 'at' | 'after'): number {
  if (skiptoken === null) return 0;
  return starts === 'at' ? skiptoken : skiptoken + 1;
}

export function skiptokenFor(offset: number, starts: 'at' | 'after'): number {
  return starts === 'at' ? offset : offset - 1;
}

/** The service's own spelling of its path, which is not the one that clients are told to use. */
const spelledPath = 'ReportingWebService/Reporting.svc/MessageTrace';

/** The query for the rows after a page, beginning with `?`; null after the last page. */
export function nextQuery(page: TracePage, asked: URLSearchParams): string | null {
  if (page.nextSkiptoken === null) return null;
  const parts: string[] = [];
  for (const [name, value] of asked) {
    if (name !== '$skiptoken' && name !== '$top') parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  const top = asked.get('$top');
  if (top !== null) parts.push(`$top=${Number(top) - page.rows.length}`);
  return `?${[...parts, `$skiptoken=${page.nextSkiptoken}`].join('&')}`;
}

/** A link relative to the request's path. */
export function relativeLink(query: string): string {
  return `../../${spelledPath}${query}`;
}

export function absoluteLink(query: string, origin: string): string {
  return `${origin}/ecp/${spelledPath}${query}`;
}

const HEADERS_2 = { 'Content-Type': 'application/json;odata=verbose;charset=utf-8', DataServiceVersion: '2.0;' };

/** The dialect of `$format=json`: `{"d":{"results":[…],"__next":…}}` and dates as `/Date(ms)/`. */
function odata2(dAsArray: boolean): Dialect {
  return {
    page(page: TracePage, serviceUrl: string, link: string | null): Response {
      const results = page.rows.map((row, at) => rowInOData2(row, page.offset + at, page, serviceUrl));
      const d = dAsArray ? results : { results, ...(link !== null && { __next: link }) };
      return withHeaders(jsonResponse(200, { d }), HEADERS_2);
    },
    error(status: number, text: string): Response {
      const error = { code: '', message: { lang: 'en-US', value: text } };
      return withHeaders(jsonResponse(status, { error }), HEADERS_2);
    },
  };
}

function rowInOData2(row: MailRow, index: number, page: TracePage, serviceUrl: string): object {
  const self = `${serviceUrl}/MessageTrace(${index})`;
  return {
    __metadata: { id: self, uri: self, type: 'TenantReporting.MessageTrace' },
    Organization: page.organization,
    MessageId: row.messageId,
    Received: date(row.receivedMs),
    SenderAddress: row.sender,
    RecipientAddress: row.recipient,
    Subject: row.subject,
    Status: row.status,
    ToIP: row.toIp,
    FromIP: row.fromIp,
    Size: row.size,
    MessageTraceId: row.traceId,
    StartDate: date(page.startMs),
    EndDate: date(page.endMs),
    Index: index,
  };
}

function date(instantMs: number): string {
  return `/Date(${instantMs})/`;
}

const HEADERS_3 = {
  'Content-Type': 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8',
  DataServiceVersion: '3.0;',
};

/** The dialect of `Accept: application/json`: `{"odata.metadata":…,"value":[…],"odata.nextLink":…}` and ISO dates. */
const odata3: Dialect = {
  page(page: TracePage, serviceUrl: string, link: string | null): Response {
    const answered = {
      'odata.metadata': `${serviceUrl}/$metadata#MessageTrace`,
      value: page.rows.map((row, at) => rowInOData3(row, page.offset + at, page)),
      ...(link !== null && { 'odata.nextLink': link }),
    };
    return withHeaders(jsonResponse(200, answered), HEADERS_3);
  },
  error(status: number, text: string): Response {
    const error = { code: '', message: { lang: 'en-US', value: text } };
    return withHeaders(jsonResponse(status, { 'odata.error': error }), HEADERS_3);
  },
};

function rowInOData3(row: MailRow, index: number, page: TracePage): object {
  return {
    Organization: page.organization,
    MessageId: row.messageId,
    Received: withoutZone(row.receivedMs, row.receivedTicks),
    SenderAddress: row.sender,
    RecipientAddress: row.recipient,
    Subject: row.subject,
    Status: row.status,
    ToIP: row.toIp,
    FromIP: row.fromIp,
    Size: row.size,
    MessageTraceId: row.traceId,
    StartDate: utc(page.startMs),
    EndDate: utc(page.endMs),
    Index: index,
  };
}

/** As many fraction digits as are needed, as .NET writes dates. */
function utc(instantMs: number): string {
  return new Date(instantMs).toISOString().replace(/\.?0+Z$/, 'Z');
}

/** UTC in seven fraction digits but without the `Z` that would say so: the real service writes Received that way. */
function withoutZone(instantMs: number, ticks: number): string {
  return `${new Date(instantMs).toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}`;
}

/** `dAsArray`: see the option of that name. */
export function dialectOf(name: DialectName, dAsArray: boolean): Dialect {
  return name === 'odata-3' ? odata3 : odata2(dAsArray);
}

/** What `$format`, and without it the Accept header, ask for; null for Atom, which this service does not speak. */
export function negotiate(format: string | null, accept: string | undefined): DialectName | null {
  if (format !== null) return format.toLowerCase() === 'json' ? 'odata-2' : null;
  const wanted = accept?.toLowerCase() ?? '';
  if (/odata\s*=\s*verbose/.test(wanted)) return 'odata-2';
  return wanted.includes('application/json') ? 'odata-3' : null;
}
