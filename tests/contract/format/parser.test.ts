import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toEvent, type EventOptions } from '../../../src/message-trace/event.js';
import { eventText } from '../../../src/message-trace/event-text.js';
import { eventFields } from '../../../src/message-trace/fields.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord as fromReportingWebService } from '../../../src/microsoft/reporting-web-service.js';
import type { JsonObject, JsonValue } from '../../../src/model/json.js';
import type { TraceRecord } from '../../../src/model/record.js';
import { anyItem, anyRow } from '../../support/arbitrary-row.js';
import { rowContext } from '../../support/microsoft/graph/items.js';
import { flat, parse, pythonWithJinja, UNDEFINED } from './support.js';

type EventFormat = EventOptions['eventFormat'];
type Api = 'graph' | 'reporting-web-service';

const RUNS = 400;
const INSTALL_MS = 600_000;

/** What the parser cannot tell from a raw row, as docs/events.md says. */
const NOT_IN_RAW_ROWS: Readonly<Record<Api, readonly string[]>> = {
  graph: ['event.id', 'event.start', 'event.end', 'organization.name'],
  'reporting-web-service': ['event.id'],
};

const fixture = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as JsonObject;

/** The ordinary row of the fixtures, and each of its odd ones. */
function knownRows(api: Api): TraceRecord[] {
  const { row, cases } = fixture(`../../fixtures/events/${api}/cases.json`) as { row: JsonObject; cases: JsonObject };
  const odd = Object.values(cases).map((one) => ({ ...row, ...(one as { row?: JsonObject }).row }));
  return [row, ...odd].map((one) => recordOf(api, one));
}

/**
 * Two things that jinja2 cannot do with a raw row, as docs/intake-format.md says: to write an IPv4 address that is
 * spelled in hexadecimal digits, and to keep what the module cuts off times that it writes as milliseconds.
 */
function isReadOtherwise({ raw, dialect }: TraceRecord): boolean {
  const texts = Object.values(raw).filter((value) => typeof value === 'string');
  const isMapped = texts.some((text) => /^::ffff:[\da-f]+:[\da-f]+$/i.test(text));
  return isMapped || (dialect === 'reporting_web_service' && texts.some((text) => /T.*\.\d{4,}/.test(text)));
}

/** Hundreds that services might answer on a bad day. */
const randomRows = (api: Api): TraceRecord[] =>
  fc
    .sample<JsonObject>(api === 'graph' ? anyItem : anyRow, { numRuns: RUNS, seed: 1 })
    .map((row) => recordOf(api, row));

const recordOf = (api: Api, row: JsonObject): TraceRecord =>
  api === 'graph' ? fromGraph(row, rowContext) : fromReportingWebService(row);

/** The document that the table of fields promises. */
function promised(api: Api, eventFormat: EventFormat, record: TraceRecord): Record<string, JsonValue> {
  const event = flat(toEvent(record, { eventFormat: eventFormat === 'raw' ? 'normalized' : eventFormat, intakeFormat: 'own' }));
  const names = eventFields.map(({ name }) => name);
  const isPromised = (name: string) => eventFormat !== 'raw' || !NOT_IN_RAW_ROWS[api].includes(name);
  const present = names.filter((name) => isPromised(name) && event.has(name));
  return Object.fromEntries(present.map((name) => inIntake(name, event.get(name)!)));
}

function inIntake(name: string, value: JsonValue): [string, JsonValue] {
  if (name === 'event.id') return ['office365.message_trace.event_id', value];
  if (name === 'email.from.address' || name === 'email.to.address') return [name, [value]];
  if (Array.isArray(value)) return [name, [...value].sort()];
  // Sekoia.io writes no fraction of zeros.
  return [name, typeof value === 'string' ? value.replace(/^(\d{4}-\d\d-\d\dT.{8})\.000000Z$/, '$1Z') : value];
}

beforeAll(async () => {
  await pythonWithJinja();
}, INSTALL_MS);

describe.each(UNDEFINED)('with %s of jinja2', (undefined_) => {
  const documentsOf = async (records: readonly TraceRecord[], eventFormat: EventFormat) => {
    const parsed = await parse(
      records.map((record) => eventText(record, { eventFormat, intakeFormat: 'own' })),
      undefined_,
    );
    expect(parsed.flatMap(({ warnings }) => warnings)).toEqual([]);
    return parsed.map(({ document }) => Object.fromEntries(flat(document)));
  };

  describe.each<Api>(['graph', 'reporting-web-service'])('rows of %s', (api) => {
    test('keep every field of their normalized events', async () => {
      const records = [...knownRows(api), ...randomRows(api)];
      const documents = await documentsOf(records, 'normalized');
      expect(documents).toEqual(records.map((record) => promised(api, 'normalized', record)));
    });

    test('keep every field that docs/events.md promises of a raw row', async () => {
      const records = knownRows(api).filter((record) => !isReadOtherwise(record));
      const documents = await documentsOf(records, 'raw');
      expect(documents).toEqual(records.map((record) => promised(api, 'raw', record)));
    });

    test('lose none of those, whatever the row holds', async () => {
      const records = randomRows(api);
      const names = (await documentsOf(records, 'raw')).map((document) => Object.keys(document).sort());
      expect(names).toEqual(records.map((record) => Object.keys(promised(api, 'raw', record)).sort()));
    });
  });
});
