import type { TimeRange, TraceRecord } from '../../collector/contracts.js';
import type { JsonObject } from '../../json.js';
import { size, text } from '../../microsoft/field.js';
import { ipAddressOf } from '../../microsoft/ip-address.js';
import { timestampMs, timestampOf, timestampOfMs } from '../../microsoft/timestamp.js';

/** What the answer does not say of its rows. */
export interface Surroundings {
  /** That was asked for. */
  readonly range: TimeRange;
  /** The tenant's domain, where it is known. */
  readonly organization: string | undefined;
}

/**
 * An item of the collection exchangeMessageTrace as a record. A field of another type than documented counts as absent;
 * the raw row keeps it.
 */
export function toRecord(item: JsonObject, { range, organization }: Surroundings): TraceRecord {
  const received = timestampOf(item['receivedDateTime']);
  return {
    dialect: 'graph',
    traceId: text(item['id']),
    recipient: text(item['recipientAddress']),
    sender: text(item['senderAddress']),
    status: text(item['status']),
    received,
    receivedMs: received === undefined ? undefined : timestampMs(received),
    messageId: text(item['messageId']),
    subject: text(item['subject']),
    size: size(item['size']),
    fromIp: ipAddressOf(item['fromIP']),
    toIp: ipAddressOf(item['toIP']),
    organization,
    start: timestampOfMs(range.start),
    end: timestampOfMs(range.end),
    raw: item,
  };
}
