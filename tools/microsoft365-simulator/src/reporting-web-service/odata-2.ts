import { jsonResponse, withHeaders, type Response } from '../http/answer.js';
import type { MailRow } from '../world/mail-row.js';
import type { Dialect } from './dialect.js';
import type { TracePage } from './trace-page.js';

const HEADERS_2 = { 'Content-Type': 'application/json;odata=verbose;charset=utf-8', DataServiceVersion: '2.0;' };

/** The dialect of `$format=json`: `{"d":{"results":[…],"__next":…}}` and dates as `/Date(ms)/`. */
export function odata2(dAsArray: boolean): Dialect {
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
