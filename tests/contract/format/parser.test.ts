import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InternalDomains } from '../../../src/message-trace/direction.js';
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
const NOT_IN_RAW_ROWS = [
  'event.id',
  'event.reference',
  'email.direction',
  'network.direction',
  'source.registered_domain',
  'source.top_level_domain',
  'destination.registered_domain',
  'destination.top_level_domain',
  'user.email',
  'user.name',
  'user.domain',
  'related.user',
  'office365.message_trace.previous_status',
  'office365.message_trace.late_by_seconds',
];
const NOT_IN_GRAPH_ROWS = ['event.start', 'event.end', 'organization.name', 'cloud.account.id'];

/** What Sekoia.io adds to `related.user`. */
const USER_NAMES = ['source.user.name', 'destination.user.name', 'user.name'];

const TENANT = {
  id: '6c3e1f2a-0d0b-4c47-9a51-3b0a5d0f7a11',
  internal: new InternalDomains(['contoso.com']),
  portalUrl: 'https://security.microsoft.com',
};
/** A row does not name it. */
const UNKNOWN_TENANT = { ...TENANT, id: undefined };

const APPEARANCE = { previousStatus: 'gettingStatus', lateBySeconds: 90 };

const fixture = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as JsonObject;

/** The ordinary row of the fixtures, and each of its odd ones. */
function knownRows(api: Api): TraceRecord[] {
  const { row, cases } = fixture(`../../fixtures/events/${api}/cases.json`) as { row: JsonObject; cases: JsonObject };
  const odd = Object.values(cases).map((one) => ({ ...row, ...(one as { row?: JsonObject }).row }));
  return [row, ...odd].map((one) => recordOf(api, one));
}

/**
 * What the parser cannot do with a raw row, as docs/intake-format.md says: write an IPv4 address that is spelled in
 * hexadecimal digits, or an international domain as DNS knows it, and tell what the module cuts off times that it
 * writes as milliseconds.
 */
function isReadOtherwise({ raw, dialect }: TraceRecord): boolean {
  const texts = Object.values(raw).filter((value) => typeof value === 'string');
  const isSpelledOtherwise = texts.some((text) => /^::ffff:[\da-f]+:[\da-f]+$|@.*[^ -~]/i.test(text));
  return isSpelledOtherwise || (dialect === 'reporting_web_service' && texts.some((text) => /T.*\.\d{4,}/.test(text)));
}

/** Hundreds that services might answer on a bad day. */
const randomRows = (api: Api): TraceRecord[] =>
  fc
    .sample<JsonObject>(api === 'graph' ? anyItem : anyRow, { numRuns: RUNS, seed: 1 })
    .map((row) => recordOf(api, row));

const recordOf = (api: Api, row: JsonObject): TraceRecord =>
  api === 'graph' ? fromGraph(row, rowContext) : fromReportingWebService(row);

const optionsOf = (eventFormat: EventFormat): EventOptions => ({
  eventFormat,
  intakeFormat: 'own',
  tenant: eventFormat === 'raw' ? UNKNOWN_TENANT : TENANT,
});

/** The document that the table of fields promises. */
function promised(eventFormat: EventFormat, record: TraceRecord): Record<string, JsonValue> {
  const options = { ...optionsOf(eventFormat), ...(eventFormat === 'raw' && { eventFormat: 'enriched' as const }) };
  const event = flat(toEvent(record, options, APPEARANCE));
  const missing = [...NOT_IN_RAW_ROWS, ...(record.dialect === 'graph' ? NOT_IN_GRAPH_ROWS : [])];
  const isPromised = (name: string) => eventFormat !== 'raw' || !missing.includes(name);
  const present = eventFields.map(({ name }) => name).filter((name) => isPromised(name) && event.has(name));
  return withDerived(Object.fromEntries(present.map((name) => inIntake(name, event.get(name)!))));
}

/** With what Sekoia.io makes of other fields: an address where there is a domain only, and the names of users. */
function withDerived(document: Record<string, JsonValue>): Record<string, JsonValue> {
  const derived = { ...document };
  for (const end of ['source', 'destination']) {
    const domain = document[`${end}.domain`];
    if (domain !== undefined) derived[`${end}.address`] ??= domain;
  }
  const users = USER_NAMES.map((name) => document[name]).filter((name) => name !== undefined) as string[];
  const related = [...((document['related.user'] ?? []) as string[]), ...users];
  if (related.length > 0) derived['related.user'] = [...new Set(related)].sort();
  return derived;
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
      records.map((record) => eventText(record, optionsOf(eventFormat), APPEARANCE)),
      undefined_,
    );
    expect(parsed.flatMap(({ warnings }) => warnings)).toEqual([]);
    return parsed.map(({ document }) => Object.fromEntries(flat(document)));
  };

  describe.each<Api>(['graph', 'reporting-web-service'])('rows of %s', (api) => {
    test.each<EventFormat>(['enriched', 'normalized'])('keep every field of their %s events', async (eventFormat) => {
      const records = [...knownRows(api), ...randomRows(api)];
      const documents = await documentsOf(records, eventFormat);
      expect(documents).toEqual(records.map((record) => promised(eventFormat, record)));
    });

    test('keep every field that docs/events.md promises of a raw row', async () => {
      const records = knownRows(api).filter((record) => !isReadOtherwise(record));
      const documents = await documentsOf(records, 'raw');
      expect(documents).toEqual(records.map((record) => promised('raw', record)));
    });

    test('lose none of those, whatever the row holds', async () => {
      const records = randomRows(api);
      const documents = await documentsOf(records, 'raw');
      const missing = records.flatMap((record, index) =>
        Object.keys(promised('raw', record)).filter((name) => !(name in documents[index]!)),
      );
      expect(missing).toEqual([]);
      expect(records).toHaveLength(RUNS);
    });
  });
});
