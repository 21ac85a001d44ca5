import type { JsonObject, JsonValue } from '../json.js';
import type { TraceRecord } from '../collector/record.js';
import { addressOf } from './address.js';
import { eventId } from './event-id.js';
import { rawRow, type IntakeFormat } from './raw-row.js';
import { outcomeOf, pascalCaseStatus } from './status.js';
import { isWellFormed, wellFormed } from './well-formed.js';

export interface EventOptions {
  /** `normalized`: the normalised fields beside the raw row's keys; `raw`: the raw row alone. */
  readonly event_format: 'normalized' | 'raw';
  readonly intake_format: IntakeFormat;
}

/**
 * One event for one record. The normalised fields are named as in the Elastic Common Schema and Sekoia's documentation of the integration;
 * the raw row's own keys stand beside them, as that is what the parser of a Sekoia intake reads. No name of one is a name of the other; were Microsoft to
 * add one, the normalised field would stand. Halves of characters are replaced everywhere, as strict parsers refuse the whole event for one.
 */
export function toEvent(record: TraceRecord, options: EventOptions): JsonObject {
  const raw = rawRow(record, options.intake_format);
  const event = options.event_format === 'raw' ? raw : { ...raw, ...normalize(record) };
  // All text of the event comes from the row.
  return isWellFormed(record.raw) ? event : wellFormed(event);
}

function normalize(record: TraceRecord): JsonObject | undefined {
  const status = record.status === undefined ? undefined : pascalCaseStatus(record.status);
  const { fromIp, toIp } = record;
  const relatedIps = [...new Set([fromIp, toIp].filter((ip) => ip !== undefined))];
  return group({
    '@timestamp': record.received,
    event: group({
      id: eventId(record),
      kind: 'event',
      category: ['email'],
      type: ['info'],
      action: status,
      outcome: outcomeOf(status),
      start: record.start,
      end: record.end,
    }),
    office365: group({
      message_trace: group({ MessageTraceId: record.traceId, Size: record.size, Status: status }),
    }),
    email: group({
      delivery_timestamp: record.received,
      message_id: record.messageId,
      from: group({ address: addressOf(record.sender) }),
      to: group({ address: addressOf(record.recipient) }),
      subject: record.subject,
    }),
    source: group({ ip: fromIp, address: fromIp }),
    destination: group({ ip: toIp, address: toIp }),
    organization: group({ name: record.organization }),
    related: relatedIps.length === 0 ? undefined : { ip: relatedIps },
  });
}

/** A field without a value is absent, never null or empty; so is a group without fields. */
function group(fields: Record<string, JsonValue | undefined>): JsonObject | undefined {
  const present: JsonObject = {};
  let isEmpty = true;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === '') continue;
    present[name] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : present;
}
