import { isObject, type JsonObject, type JsonValue } from '../model/json.js';
import type { TraceRecord } from '../model/record.js';
import { camelCaseStatus, pascalCaseStatus } from './status.js';
import { InternalDomains, type Tenant } from './direction.js';
import { type Appearance, Enrichment, type EventField } from './enrichment.js';
import { eventFields } from './fields.js';

/** Whether no text in a value, names of members included, holds half a character (a lone surrogate). */
export function isWellFormed(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}

/** The value with U+FFFD for each half of a character. Strict parsers refuse a whole JSON text for one. */
export function wellFormed(value: JsonObject): JsonObject {
  const replaced = (inner: JsonValue): JsonValue => {
    if (typeof inner === 'string') return inner.toWellFormed();
    if (Array.isArray(inner)) return inner.map(replaced);
    return isObject(inner) ? wellFormed(inner) : inner;
  };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), replaced(member)]));
}

/**
 * The dialect that the intake's format parses: the Reporting Web Service's row, Microsoft Graph's item or, for the
 * module's own format (`intake-format/`), either.
 */
export type IntakeFormat = 'message_trace' | 'message_trace_graph_api' | 'own';

/**
 * The row in the dialect of the intake's format: as it came where that is its own, converted where it came from the
 * other API.
 */
export function rawRow(record: TraceRecord, format: IntakeFormat): JsonObject {
  const isGraph = record.dialect === 'graph';
  if (format === 'message_trace' && isGraph) return reportingWebServiceRow(record);
  if (format === 'message_trace_graph_api' && !isGraph) return graphItem(record);
  return isGraph ? record.raw : withTicks(record);
}

/** The parsers read `/Date(ms)/` only; a service that answered in its other dialect wrote ISO times. */
function withTicks({ raw, received, start, end }: TraceRecord): JsonObject {
  const times = { Received: received, StartDate: start, EndDate: end };
  let converted: JsonObject | undefined;
  for (const key of TIMES) {
    const text = raw[key];
    if (typeof text === 'string' && text.startsWith('/Date(')) continue;
    const ticks = ticksOf(times[key]);
    if (ticks !== undefined) converted = { ...(converted ?? raw), [key]: ticks };
  }
  return converted ?? raw;
}

const TIMES = ['Received', 'StartDate', 'EndDate'] as const;

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

export interface EventOptions {
  /**
   * `normalized`: the normalized fields beside the raw row's keys; `enriched`: the fields that tell direction, domains
   * and users, too; `raw`: the raw row alone.
   */
  readonly eventFormat: 'normalized' | 'enriched' | 'raw';
  readonly intakeFormat: IntakeFormat;
  /** Whose mail it is. Only enriched events need it. */
  readonly tenant?: Tenant;
}

export const UNKNOWN_TENANT: Tenant = { id: undefined, internal: new InternalDomains([]), portalUrl: undefined };

/**
 * One event for one record: the fields of `eventFields`, beside the raw row's own keys, which the parser of a Sekoia
 * intake reads. No name of one is a name of the other. Should Microsoft add one, the normalized field wins. Halves of
 * characters are replaced everywhere, because strict parsers refuse the whole event for one.
 */
export function toEvent(record: TraceRecord, options: EventOptions, appearance?: Appearance): JsonObject {
  const { eventFormat, intakeFormat, tenant = UNKNOWN_TENANT } = options;
  const raw = rawRow(record, intakeFormat);
  const event =
    eventFormat === 'raw'
      ? raw
      : { ...raw, ...filled(FIELD_GROUPS[eventFormat], record, new Enrichment(record, tenant, appearance)) };
  // All text of the event comes from the row.
  return isWellFormed(record.raw) ? event : wellFormed(event);
}

/** The fields of one group: those with a name of their own, and groups within, by that part of the name. */
export type Group = readonly { readonly name: string; readonly of: Group | EventField }[];

/** By event format. */
export const FIELD_GROUPS = {
  normalized: grouped(eventFields.filter(({ enriched }) => enriched === undefined)),
  enriched: grouped(eventFields),
};

/** @param depth how many parts of the dotted names have been read */
function grouped(fields: readonly EventField[], depth = 0): Group {
  const partOf = ({ name }: EventField) => name.split('.')[depth] ?? '';
  return [...new Set(fields.map(partOf))].map((name) => {
    const members = fields.filter((field) => partOf(field) === name);
    const own = members.find((field) => field.name.split('.').length === depth + 1);
    return { name, of: own ?? grouped(members, depth + 1) };
  });
}

/** A field without a value is absent, never null or empty; so is a group without fields. */
function filled(group: Group, record: TraceRecord, enrichment: Enrichment): JsonObject | undefined {
  let present: JsonObject | undefined;
  for (const { name, of } of group) {
    const value = 'value' in of ? of.value(record, enrichment) : filled(of, record, enrichment);
    if (value === undefined || value === '') continue;
    present ??= {};
    present[name] = value;
  }
  return present;
}
