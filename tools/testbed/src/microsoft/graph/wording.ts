/** What an answer's wording depends on besides its content. */
import { randomUUID } from 'node:crypto';
import { jsonResponse, type Response } from '../http/messages.js';
import type { MailRow } from '../world/mail-row.js';
import { type TracePage, withNeededDigits, withSevenDigits } from './paging.js';
import { type GraphOptions, statusWording } from './options.js';

export interface Asked {
  readonly options: Pick<GraphOptions, 'sevenFractionDigits' | 'statusSpelling'>;
  /** Whether the client asked for statuses that are not in the documented list. */
  readonly unknownMembers: boolean;
}

export function pageWording(page: TracePage, origin: string, link: string | null, asked: Asked): Response {
  return jsonResponse(200, {
    '@odata.context': `${origin}/v1.0/$metadata#admin/exchange/tracing/messageTraces`,
    ...(link !== null && { '@odata.nextLink': link }),
    value: page.rows.map((row) => wording(row, asked)),
  });
}

function wording(row: MailRow, { options, unknownMembers }: Asked): object {
  return {
    id: row.traceId,
    senderAddress: row.sender,
    recipientAddress: row.recipient,
    messageId: row.messageId,
    receivedDateTime: options.sevenFractionDigits
      ? withSevenDigits({ ms: row.receivedMs, ticks: row.receivedTicks })
      : withNeededDigits(row.receivedMs),
    subject: row.subject,
    size: row.size,
    fromIP: row.fromIp ?? '',
    toIP: row.toIp ?? '',
    status: statusWording(row.status, options.statusSpelling, unknownMembers),
  };
}

/** Writes the errors of one request. */
export type ErrorWording = (status: number, code: string, message: string) => Response;

/** The documented shape. */
export function errorWording(nowMs: number, clientRequestId: string | undefined): ErrorWording {
  const requestId = randomUUID();
  return (status, code, message) => {
    const innerError = {
      date: new Date(nowMs).toISOString().slice(0, 19),
      'request-id': requestId,
      'client-request-id': clientRequestId ?? requestId,
    };
    return jsonResponse(status, { error: { code, message, innerError } });
  };
}
