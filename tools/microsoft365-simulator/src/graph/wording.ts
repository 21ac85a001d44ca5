import { randomUUID } from 'node:crypto';
import { jsonResponse, type Response } from '../http/answer.js';
import type { MailRow } from '../world/mail-row.js';
import { withNeededDigits, withSevenDigits } from './date-time.js';
import type { GraphOptions } from './options.js';
import { statusWording } from './status-wording.js';
import type { TracePage } from './trace-page.js';

/** What an answer's wording depends on besides its content. */
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
