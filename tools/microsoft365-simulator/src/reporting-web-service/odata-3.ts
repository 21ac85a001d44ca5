import { jsonResponse, withHeaders, type Response } from '../http/answer.js';
import type { MailRow } from '../world/mail-row.js';
import type { Dialect } from './dialect.js';
import type { TracePage } from './trace-page.js';

const HEADERS_3 = {
  'Content-Type': 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8',
  DataServiceVersion: '3.0;',
};

/** The dialect of `Accept: application/json`: `{"odata.metadata":…,"value":[…],"odata.nextLink":…}` and ISO dates. */
export const odata3: Dialect = {
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
