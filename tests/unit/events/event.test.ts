import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { EventOptions } from '../../../src/events/event.js';
import { toEvent } from '../../../src/events/event.js';
import type { JsonObject } from '../../../src/json.js';
import { toRecord } from '../../../src/sources/reporting-web-service/row.js';

const folder = new URL('../../fixtures/events/', import.meta.url);
const files = readdirSync(folder);
const defaults: EventOptions = { event_format: 'normalized', intake_format: 'message_trace' };

/** The sample of the user's documentation: its event names less than all fields. */
const documentedSample = 'documented-sample';
/** Each `<case>.row.json` with its `<case>.event.json`, and `<case>.options.json` where the options are not the default ones. */
const cases = files
  .flatMap((file) => /^(.+)\.row\.json$/.exec(file)?.[1] ?? [])
  .filter((name) => name !== documentedSample);

function content(file: string): JsonObject {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as JsonObject;
}

function eventOf(name: string): JsonObject {
  const file = `${name}.options.json`;
  const options = files.includes(file) ? (content(file) as Partial<EventOptions>) : {};
  return toEvent(toRecord(content(`${name}.row.json`)), { ...defaults, ...options });
}

test('the documented sample becomes an event that holds everything of the documented event', () => {
  expect(eventOf(documentedSample)).toMatchObject(content(`${documentedSample}.event.json`));
});

test('the event of the documented sample holds its whole row', () => {
  expect(eventOf(documentedSample)).toMatchObject(content(`${documentedSample}.row.json`));
});

describe('a row becomes exactly the event of its fixture', () => {
  test.each(cases)('%s', (name) => {
    expect(eventOf(name)).toStrictEqual(content(`${name}.event.json`));
  });

  test('every event and every set of options belongs to a row', () => {
    const rows = [documentedSample, ...cases];
    const others = files.filter((file) => !rows.some((name) => file.startsWith(`${name}.`)));
    expect(others).toEqual([]);
    expect(cases.length).toBeGreaterThan(0);
  });
});
