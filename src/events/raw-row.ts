import type { JsonObject } from '../json.js';
import type { TraceRecord } from '../collector/record.js';
import { camelCaseStatus, pascalCaseStatus } from './status.js';

/** The dialect that the intake's format parses: the Reporting Web Service's row, or Microsoft Graph's item. */
export type IntakeFormat = 'message_trace' | 'message_trace_graph_api';

/**
 * The row in the dialect of the intake's format: as it came where that is its own, converted where it came from the
 * other API.
 */
export function rawRow(record: TraceRecord, format: IntakeFormat): JsonObject {
  if (format === 'message_trace') {
    return record.dialect === 'reporting_web_service' ? withTicks(record) : reportingWebServiceRow(record);
  }
  return record.dialect === 'graph' ? record.raw : graphItem(record);
}

/** Sekoia's parser reads `/Date(ms)/` only; a service that answered in its other dialect wrote ISO times. */
function withTicks({ raw, received, start, end }: TraceRecord): JsonObject {
  const converted: JsonObject = {};
  for (const [key, timestamp] of Object.entries({ Received: received, StartDate: start, EndDate: end })) {
    const text = raw[key];
    const isTicks = typeof text === 'string' && text.startsWith('/Date(');
    const ticks = ticksOf(timestamp);
    if (!isTicks && ticks !== undefined) converted[key] = ticks;
  }
  return { ...raw, ...converted };
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
  return timestamp === undefined ? undefined : `/Date(${Date.parse(timestamp)})/`;
}
