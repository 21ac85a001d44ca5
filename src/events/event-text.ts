import type { JsonObject, JsonValue } from '../json.js';
import type { TraceRecord } from '../collector/record.js';
import { toEvent, type EventOptions } from './event.js';

/** The most UTF-8 bytes of one event that an intake of Sekoia.io accepts. */
export const mostEventBytes = 250_000;

/** The event as the text that is sent. A subject that makes it too large for the intake is shortened in every place, and the event says so. */
export function eventText(record: TraceRecord, options: EventOptions): string {
  const event = toEvent(record, options);
  const text = JSON.stringify(event);
  const excess = Buffer.byteLength(text) - mostEventBytes;
  if (excess <= 0 || record.subject === undefined) return text;
  return JSON.stringify(withShorterSubject(event, record.subject, excess));
}

const reason = 'The subject was shortened: the event was larger than the intake accepts.';

function withShorterSubject(event: JsonObject, subject: string, excess: number): JsonObject {
  // Whole characters, counted at their escaped size; the excess is met in one of the two places alone, which leaves room for the reason.
  let kept = '';
  const room = Buffer.byteLength(JSON.stringify(subject)) - excess - 2 * reason.length;
  let bytes = 0;
  for (const character of subject) {
    bytes += Buffer.byteLength(JSON.stringify(character)) - 2;
    if (bytes > room) break;
    kept += character;
  }
  const shorten = (value: JsonValue): JsonValue => {
    if (value === subject) return `${kept}…`;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shorten(inner)]));
  };
  const shorter = shorten(event) as JsonObject;
  const { event: fields } = shorter;
  return typeof fields === 'object' && fields !== null && !Array.isArray(fields)
    ? { ...shorter, event: { ...fields, reason } }
    : shorter;
}
