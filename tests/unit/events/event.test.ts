import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '../../../src/collector/record.js';
import { toEvent, type EventOptions } from '../../../src/events/event.js';
import type { JsonObject } from '../../../src/json.js';
import { toRecord as fromGraph } from '../../../src/sources/graph/row.js';
import { toRecord as fromReportingWebService } from '../../../src/sources/reporting-web-service/row.js';

/** What `<case>.options.json` may change: the settings of the event, and the tenant's domain, which is null where it is not known. */
interface Options extends EventOptions {
  readonly organization: string | null;
}

interface Api {
  readonly intake_format: EventOptions['intake_format'];
  readonly record: (row: JsonObject, options: Options) => TraceRecord;
}

/** What every item of Graph in the fixtures answered. */
const range = { start: Date.UTC(2022, 6, 25, 12, 10), end: Date.UTC(2022, 6, 25, 12, 26, 40) };

/** Each has its folder of fixtures: `<case>.row.json` becomes `<case>.event.json`, with `<case>.options.json` where the usual ones do not hold. */
const apis: Readonly<Record<string, Api>> = {
  'reporting-web-service': {
    intake_format: 'message_trace',
    record: fromReportingWebService,
  },
  graph: {
    intake_format: 'message_trace_graph_api',
    record: (item, { organization }) => fromGraph(item, { range, organization: organization ?? undefined }),
  },
};

/** The sample of the user's documentation: its event names less than all fields. */
const documentedSample = 'documented-sample';

const folderOf = (api: string) => new URL(`../../fixtures/events/${api}/`, import.meta.url);

function casesOf(api: string): string[] {
  return readdirSync(folderOf(api)).flatMap((file) => /^(.+)\.row\.json$/.exec(file)?.[1] ?? []);
}

function content(api: string, file: string): JsonObject {
  return JSON.parse(readFileSync(new URL(file, folderOf(api)), 'utf8')) as JsonObject;
}

function eventOf(api: string, name: string): JsonObject {
  const { intake_format, record } = apis[api]!;
  const file = `${name}.options.json`;
  const changes = readdirSync(folderOf(api)).includes(file) ? (content(api, file) as Partial<Options>) : {};
  const options: Options = {
    event_format: 'normalized',
    intake_format,
    organization: 'contoso.onmicrosoft.com',
    ...changes,
  };
  return toEvent(record(content(api, `${name}.row.json`), options), options);
}

test.each(['event', 'row'])('the documented sample becomes an event that holds everything of its %s', (part) => {
  const event = eventOf('reporting-web-service', documentedSample);
  expect(event).toMatchObject(content('reporting-web-service', `${documentedSample}.${part}.json`));
});

describe.each(Object.keys(apis))('a row of %s', (api) => {
  test.each(casesOf(api).filter((name) => name !== documentedSample))(
    'becomes exactly the event of its fixture: %s',
    (name) => {
      expect(eventOf(api, name)).toStrictEqual(content(api, `${name}.event.json`));
    },
  );

  test('is there for every event and every set of options', () => {
    const rows = casesOf(api);
    const others = readdirSync(folderOf(api)).filter((file) => !rows.includes(file.split('.')[0]!));
    expect(others).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });
});

test('every folder of fixtures belongs to an API', () => {
  expect(readdirSync(folderOf('.')).sort()).toEqual(Object.keys(apis).sort());
});
