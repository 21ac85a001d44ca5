import type { JsonObject } from '../json.js';
import type { TraceRecord } from '../collector/record.js';
import { camelCaseStatus, pascalCaseStatus } from './status.js';

/** The dialect that the intake's format parses: the Reporting Web Service's row, or Microsoft Graph's item. */
export type IntakeFormat = 'message_trace' | 'message_trace_graph_api';

/** The row in the dialect of the intake's format: as it came where that is its own, converted where it came from the other API. */
export function rawRow(record: TraceRecord, format: IntakeFormat): JsonObject {
  if (format === 'message_trace') {
    return record.dialect === 'reporting_web_service' ? withTicks(record.raw) : reportingWebServiceRow(record);
  }
  return record.dialect === 'graph' ? record.raw : graphItem(record);
}

const timesOfARow = ['Received', 'StartDate', 'EndDate'] as const;

/** Sekoia's parser reads `/Date(ms)/` only; a service that answered in its other dialect wrote ISO times. */
function withTicks(row: JsonObject): JsonObject {
  const converted: JsonObject = {};
  for (const key of timesOfARow) {
    const time = row[key];
    const ticks = typeof time === 'string' && /^\d{4}-/.test(time) ? ticksOf(time) : undefined;
    if (ticks !== undefined) converted[key] = ticks;
  }
  return { ...row, ...converted };
}

function reportingWebServiceRow(record: TraceRecord): JsonObject {
  return {
    Organization: record.organization ?? null,
    MessageId: record.messageId ?? null,
    Received: ticksOf(record.received) ?? null,
    SenderAddress: record.sender ?? null,
    RecipientAddress: record.recipient ?? null,
    Subject: record.subject ?? null,
    Status: record.status === undefined ? null : pascalCaseStatus(record.status),
    ToIP: record.toIp ?? null,
    FromIP: record.fromIp ?? null,
    Size: record.size ?? null,
    MessageTraceId: record.traceId ?? null,
    StartDate: ticksOf(record.start) ?? null,
    EndDate: ticksOf(record.end) ?? null,
  };
}

/** Graph answers an empty text where it knows no address. */
function graphItem(record: TraceRecord): JsonObject {
  return {
    id: record.traceId ?? null,
    senderAddress: record.sender ?? null,
    recipientAddress: record.recipient ?? null,
    messageId: record.messageId ?? null,
    receivedDateTime: record.received ?? null,
    subject: record.subject ?? null,
    size: record.size ?? null,
    fromIP: record.fromIp ?? '',
    toIP: record.toIp ?? '',
    status: record.status === undefined ? null : camelCaseStatus(record.status),
  };
}

function ticksOf(timestamp: string | undefined): string | undefined {
  if (timestamp === undefined) return undefined;
  const [seconds, fraction = ''] = timestamp.replace(/Z$/i, '').split('.');
  const ms = Date.parse(`${seconds ?? ''}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  return Number.isNaN(ms) ? undefined : `/Date(${ms})/`;
}
