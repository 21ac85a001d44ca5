import type { TraceRecord } from '../collector/record.js';
import type { JsonObject, JsonValue } from '../json.js';
import { eventFields, type EventField } from './fields.js';
import { rawRow, type IntakeFormat } from './raw-row.js';
import { isWellFormed, wellFormed } from './well-formed.js';

export interface EventOptions {
  /** `normalized`: the normalized fields beside the raw row's keys; `raw`: the raw row alone. */
  readonly event_format: 'normalized' | 'raw';
  readonly intake_format: IntakeFormat;
}

/**
 * One event for one record: the fields of `eventFields`, beside the raw row's own keys, which the parser of a Sekoia
 * intake reads. No name of one is a name of the other. Should Microsoft add one, the normalized field wins. Halves of
 * characters are replaced everywhere, because strict parsers refuse the whole event for one.
 */
export function toEvent(record: TraceRecord, options: EventOptions): JsonObject {
  const raw = rawRow(record, options.intake_format);
  const event = options.event_format === 'raw' ? raw : { ...raw, ...filled(tree, record) };
  // All text of the event comes from the row.
  return isWellFormed(record.raw) ? event : wellFormed(event);
}

/** The fields by the parts of their dotted names. */
type Group = Map<string, EventField | Group>;

const tree: Group = new Map();
for (const field of eventFields) insert(tree, field.name.split('.'), field);

function insert(group: Group, [first = '', ...rest]: readonly string[], field: EventField): void {
  if (rest.length === 0) {
    group.set(first, field);
    return;
  }
  const known = group.get(first);
  const inner: Group = known instanceof Map ? known : new Map<string, EventField | Group>();
  group.set(first, inner);
  insert(inner, rest, field);
}

/** A field without a value is absent, never null or empty; so is a group without fields. */
function filled(group: Group, record: TraceRecord): JsonObject | undefined {
  const present: JsonObject = {};
  let isEmpty = true;
  for (const [name, member] of group) {
    const value: JsonValue | undefined = member instanceof Map ? filled(member, record) : member.value(record);
    if (value === undefined || value === '') continue;
    present[name] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : present;
}
