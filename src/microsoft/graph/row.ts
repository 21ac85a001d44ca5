import type { TimeRange, TraceRecord } from '../../model/ports.js';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.js';
import { size, text } from '../http/json.js';
import { ipAddressOf, timestampMs, timestampOf, timestampOfMs } from '../http/row-values.js';
import { UnavailableError } from '../../model/errors.js';
import { sortEntries } from '../paging/page-reader.js';
import type { LinkedPage } from '../paging/page-walk.js';

/** What the answer does not say of its rows. */
export interface RowContext {
  /** That was asked for, where that is known. */
  readonly range: TimeRange | undefined;
  /** The tenant's domain, where it is known. */
  readonly organization: string | undefined;
}

/**
 * An item of the collection exchangeMessageTrace as a record. A field of another type than documented counts as absent;
 * the raw row keeps it.
 */
export function toRecord(item: JsonObject, { range, organization }: RowContext): TraceRecord {
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
    start: range && timestampOfMs(range.start),
    end: range && timestampOfMs(range.end),
    raw: item,
  };
}

/**
 * Reads the answer: `{"value":[…],"@odata.nextLink"}`.
 * @throws UnavailableError for JSON of another form, PlanAgainError for more rows than fit into memory
 */
export function parsePage(response: JsonValue, rowContext: RowContext): LinkedPage {
  const items = isObject(response) ? response['value'] : undefined;
  if (!isObject(response) || !Array.isArray(items))
    throw new UnavailableError('Microsoft Graph answered JSON that holds no rows in a form that is known.');
  const link = response['@odata.nextLink'];
  const { rows, unreadable } = sortEntries(items, 'Microsoft Graph');
  return {
    records: rows.map((item) => toRecord(item, rowContext)),
    unreadable,
    nextLink: typeof link === 'string' && link !== '' ? link : undefined,
  };
}
