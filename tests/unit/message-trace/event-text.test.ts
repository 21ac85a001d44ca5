import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventText, maxEventBytes } from '../../../src/message-trace/event-text.js';
import { type EventOptions, toEvent } from '../../../src/message-trace/event.js';
import type { JsonObject } from '../../../src/model/json.js';
import { anyText } from '../../support/arbitrary-row.js';
import { record } from '../../support/records.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const normalized: EventOptions = { eventFormat: 'normalized', intakeFormat: 'message_trace' };
const options: fc.Arbitrary<EventOptions> = fc.record({
  eventFormat: fc.constantFrom('normalized', 'enriched', 'raw'),
  intakeFormat: fc.constantFrom('message_trace', 'message_trace_graph_api'),
});

/** From a few characters to some that are ten times too many, a third of them about as many as an event may hold. */
const subjects = fc
  .tuple(
    anyText.filter((piece) => piece !== ''),
    fc.oneof(
      fc.nat({ max: 1000 }),
      fc.integer({ min: 19_000, max: 260_000 }),
      fc.integer({ min: 19_000, max: 130_000 }),
    ),
  )
  .map(([piece, length]) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length));

/** Where a subject stands in an event. */
function subjectsIn(event: JsonObject): string[] {
  const email = event['email'] as JsonObject | undefined;
  return [event['Subject'], event['subject'], email?.['subject']].filter((it): it is string => typeof it === 'string');
}

/** An event without all that a long subject may change. */
function withoutSubject(event: JsonObject): JsonObject {
  const others = { ...event, Subject: null, subject: null };
  const { email, event: fields } = event as Record<string, JsonObject>;
  if (email === undefined) return others;
  return { ...others, email: { ...email, subject: null }, event: { ...fields, reason: null } };
}

test('an event that fits is sent as it is', () => {
  const it = record({ Subject: 'x'.repeat(120_000) });
  expect(eventText(it, normalized)).toBe(JSON.stringify(toEvent(it, normalized)));
});

describe('whatever the subject is', () => {
  test('the text is JSON of at most 250,000 bytes that holds all other fields completely', () => {
    fc.assert(
      fc.property(subjects, options, (Subject, options) => {
        const it = record({ Subject });
        const whole = toEvent(it, options);
        const text = eventText(it, options);
        const event = JSON.parse(text) as JsonObject;
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(250_000);
        expect(withoutSubject(event)).toStrictEqual(withoutSubject(whole));
      }),
      runs(40),
    );
  });

  test('one that is too long is cut to the longest beginning that fits, alike in every place', () => {
    fc.assert(
      fc.property(subjects, options, (Subject, options) => {
        const it = record({ Subject });
        fc.pre(Buffer.byteLength(JSON.stringify(toEvent(it, options))) > maxEventBytes);
        const text = eventText(it, options);
        const [subject = '', ...others] = subjectsIn(JSON.parse(text) as JsonObject);
        expect(others).toEqual(others.map(() => subject));
        expect(subject.endsWith('…')).toBe(true);
        expect(Subject.toWellFormed().startsWith(subject.slice(0, -1))).toBe(true);
        // One more character, of up to 6 bytes, would be too much in the two places together.
        expect(Buffer.byteLength(text)).toBeGreaterThan(maxEventBytes - 2 * 6);
      }),
      runs(40),
    );
  });
});

test('an event with a shortened subject says so, as far as it has normalised fields', () => {
  const it = record({ Subject: 'x'.repeat(300_000) });
  expect(JSON.parse(eventText(it, normalized))).toMatchObject({
    event: { reason: expect.stringContaining('subject was shortened') },
  });
  expect(JSON.parse(eventText(it, { ...normalized, eventFormat: 'raw' }))).not.toHaveProperty('event');
});

test('no character is cut in two', () => {
  const text = eventText(record({ Subject: '👩'.repeat(100_000) }), normalized);
  const [subject = ''] = subjectsIn(JSON.parse(text) as JsonObject);
  expect(subject).toMatch(/^(👩)+…$/u);
});

test('a text that is equal to the subject stays whole in every other field', () => {
  const it = record({ Subject: 'Delivered', MessageId: 'x'.repeat(300_000) });
  expect(JSON.parse(eventText(it, normalized))).toMatchObject({
    Status: 'Delivered',
    event: { action: 'Delivered' },
  });
});
