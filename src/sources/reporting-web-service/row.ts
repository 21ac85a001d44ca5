import type { TraceRecord } from '../../collector/contracts.js';
import type { JsonObject } from '../../json.js';
import { size, text } from '../../microsoft/field.js';
import { ipAddressOf } from '../../microsoft/ip-address.js';
import { timestampMs, timestampOf } from '../../microsoft/timestamp.js';

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
