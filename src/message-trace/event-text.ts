import { isObject, type JsonObject, type JsonValue } from '../model/json.js';
import type { TraceRecord } from '../model/record.js';
import type { Appearance } from './enrichment.js';
import { toEvent, type EventOptions } from './event.js';
import { writeEvent } from './event-writer.js';

/** The most UTF-8 bytes of one event that an intake of Sekoia.io accepts. */
export const maxEventBytes = 250_000;

/**
 * The event as the text that is sent. A subject that makes it too large for the intake is shortened in every place, and
 * the event says so.
 */
export function eventText(record: TraceRecord, options: EventOptions, appearance?: Appearance): string {
  const { subject } = record;
  // A subject of megabytes is not written out several times only to be measured.
  if (subject !== undefined && subject.length > maxEventBytes) return shortened(record, options, appearance);
  const text = writeEvent(record, options, appearance) ?? JSON.stringify(toEvent(record, options, appearance));
  if (text.length * MAX_BYTES_OF_A_UNIT <= maxEventBytes || Buffer.byteLength(text) <= maxEventBytes) return text;
  return subject === undefined ? text : shortened(record, options, appearance);
}

/** Of UTF-8, for each unit of UTF-16. */
const MAX_BYTES_OF_A_UNIT = 3;

function shortened(record: TraceRecord, options: EventOptions, appearance?: Appearance): string {
  const subject = (record.subject ?? '').toWellFormed();
  return JSON.stringify(withShorterSubject(toEvent(record, options, appearance), subject));
}

const reason = 'The subject was shortened: the event was larger than the intake accepts.';

/** Keeps as much of the subject's beginning as the intake accepts. */
function withShorterSubject(event: JsonObject, subject: string): JsonObject {
  const withSubject = (shorter: string) => withReason(replaced(event, subject, shorter));
  const bytesWith = (shorter: string) => Buffer.byteLength(JSON.stringify(withSubject(shorter)));
  const min = bytesWith('…');
  const places = bytesWith('…x') - min;
  return withSubject(`${beginning(subject, (maxEventBytes - min) / places)}…`);
}

/** As many whole characters as fit into so many bytes, each counted as JSON escapes it. */
function beginning(text: string, maxBytes: number): string {
  let stored = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(JSON.stringify(character)) - 2;
    if (bytes > maxBytes) break;
    stored += character;
  }
  return stored;
}

/** The event with another subject, in both the normalised fields and the raw row. */
function replaced(event: JsonObject, subject: string, other: string): JsonObject {
  const replace = (key: string, value: JsonValue): JsonValue => {
    if (key.toLowerCase() === 'subject' && value === subject) return other;
    return isObject(value) ? replaced(value, subject, other) : value;
  };
  return Object.fromEntries(Object.entries(event).map(([key, value]) => [key, replace(key, value)]));
}

function withReason(event: JsonObject): JsonObject {
  const { event: fields } = event;
  return isObject(fields) ? { ...event, event: { ...fields, reason } } : event;
}
