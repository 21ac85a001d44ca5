import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '../../../src/model/record.js';
import { toEvent, type EventOptions } from '../../../src/message-trace/event.js';
import type { JsonObject, JsonValue } from '../../../src/model/json.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord as fromReportingWebService } from '../../../src/microsoft/reporting-web-service.js';

type IntakeFormat = EventOptions['intakeFormat'];

interface Options extends EventOptions {
  /** The tenant's domain. Null: it is not known. */
  readonly organization: string | null;
}

/** `cases.json` of each API. */
interface Cases {
  /** An ordinary row. `golden.<intakeFormat>.json` is its event. */
  readonly row: JsonObject;
  readonly cases: Readonly<Record<string, Case>>;
}

/** What differs from the ordinary row, and from its event. */
interface Case {
  readonly row?: JsonObject;
  /** Properties that the row lacks. */
  readonly without?: readonly string[];
  readonly options?: Partial<Options>;
  /** By dotted name. */
  readonly expected?: JsonObject;
  /** Dotted names of fields that the event lacks. */
  readonly absent?: readonly string[];
  /** The whole event, where it is not like the ordinary one. */
  readonly event?: JsonObject;
}

interface Api {
  readonly ownFormat: IntakeFormat;
  readonly record: (row: JsonObject, options: Options) => TraceRecord;
}

/** The range that every item of Graph in the fixtures answered. */
const range = { start: Date.UTC(2022, 6, 25, 12, 10), end: Date.UTC(2022, 6, 25, 12, 26, 40) };

const apis: Readonly<Record<string, Api>> = {
  'reporting-web-service': { ownFormat: 'message_trace', record: fromReportingWebService },
  graph: {
    ownFormat: 'message_trace_graph_api',
    record: (item, { organization }) => fromGraph(item, { range, organization: organization ?? undefined }),
  },
};

const intakeFormats: readonly IntakeFormat[] = ['message_trace', 'message_trace_graph_api'];

const fixture = (api: string, file: string) => new URL(`../../fixtures/events/${api}/${file}`, import.meta.url);

function json(api: string, file: string): unknown {
  return JSON.parse(readFileSync(fixture(api, file), 'utf8'));
}

function optionsOf(api: string, changes: Partial<Options> = {}): Options {
  const intakeFormat = apis[api]!.ownFormat;
  return { eventFormat: 'normalized', intakeFormat, organization: 'contoso.onmicrosoft.com', ...changes };
}

function eventOf(api: string, row: JsonObject, options: Options): JsonObject {
  return toEvent(apis[api]!.record(row, options), options);
}

function rowOf(ordinary: JsonObject, { row, without = [] }: Case): JsonObject {
  return Object.fromEntries(Object.entries({ ...ordinary, ...row }).filter(([name]) => !without.includes(name)));
}

function expectedOf(golden: JsonObject, { event, expected = {}, absent = [] }: Case): JsonObject {
  if (event !== undefined) return event;
  const changed = structuredClone(golden);
  for (const name of absent) remove(changed, pathOf(name));
  for (const [name, value] of Object.entries(expected)) set(changed, pathOf(name), value);
  return changed;
}

/** OData's own properties have a dot in their name. */
function pathOf(name: string): string[] {
  return name.startsWith('@odata.') ? [name] : name.split('.');
}

function set(group: JsonObject, [first = '', ...rest]: readonly string[], value: JsonValue): void {
  if (rest.length > 0) set((group[first] ??= {}) as JsonObject, rest, value);
  else group[first] = value;
}

/** With the groups that are empty then. */
function remove(group: JsonObject, [first = '', ...rest]: readonly string[]): void {
  const inner = group[first] as JsonObject;
  if (rest.length > 0) remove(inner, rest);
  if (rest.length === 0 || Object.keys(inner).length === 0) Reflect.deleteProperty(group, first);
}

describe.each(Object.keys(apis))('a row of %s', (api) => {
  const { row: ordinary, cases } = json(api, 'cases.json') as Cases;

  test.each(intakeFormats)('that is ordinary becomes the golden event in the format %s', (intakeFormat) => {
    const event = eventOf(api, ordinary, optionsOf(api, { intakeFormat }));
    const file = `golden.${intakeFormat}.json`;
    // `npm run goldens`
    if (process.env['GOLDENS'] === 'write') writeFileSync(fixture(api, file), `${JSON.stringify(event, null, 2)}\n`);
    expect(event).toStrictEqual(json(api, file));
  });

  test.each(Object.entries(cases))('becomes the event of its case: %s', (_, one) => {
    const options = optionsOf(api, one.options);
    const golden = json(api, `golden.${options.intakeFormat}.json`) as JsonObject;
    expect(eventOf(api, rowOf(ordinary, one), options)).toStrictEqual(expectedOf(golden, one));
  });
});

test.each(['event', 'row'])('the documented sample becomes an event that holds everything of its %s', (part) => {
  const [row, whole] = ['row', part].map((name) => json('reporting-web-service', `documented-sample.${name}.json`));
  const event = eventOf('reporting-web-service', row as JsonObject, optionsOf('reporting-web-service'));
  expect(event).toMatchObject(whole as JsonObject);
});
