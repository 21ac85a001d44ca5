import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rawRow as rawRowOf, toEvent, wellFormed } from '../../../src/message-trace/event.js';
import type { JsonObject, JsonValue } from '../../../src/model/json.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord } from '../../../src/microsoft/reporting-web-service.js';
import { anyItem, anyRow } from '../../support/arbitrary-row.js';
import { rowContext } from '../../support/microsoft/graph/items.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const anyRecord = fc.oneof(
  anyRow.map(toRecord),
  anyItem.map((item) => fromGraph(item, rowContext)),
);
const rawRow: typeof rawRowOf = (record, format) => wellFormed(rawRowOf(record, format));
const formats = fc.constantFrom('message_trace' as const, 'message_trace_graph_api' as const, 'own' as const);
const roots = [
  '@timestamp',
  'destination',
  'email',
  'event',
  'office365',
  'organization',
  'related',
  'source',
] as const;

/** The paths of all that is null, or empty. */
function emptyIn(value: JsonValue | undefined, path: string): string[] {
  if (value === undefined || value === null || value === '') return [path];
  if (typeof value !== 'object') return [];
  const members = Object.entries(value);
  if (members.length === 0) return [path];
  return members.flatMap(([key, member]) => emptyIn(member, `${path}.${key}`));
}

test('whatever a row holds, its event consists of the raw row and of normalised fields that all have a value', () => {
  fc.assert(
    fc.property(anyRecord, formats, (record, intakeFormat) => {
      const event = toEvent(record, { eventFormat: 'normalized', intakeFormat });
      const raw = rawRow(record, intakeFormat);
      const normalized: JsonObject = {};
      for (const [key, value] of Object.entries(event)) if (!(key in raw)) normalized[key] = value;

      expect(event).toStrictEqual({ ...normalized, ...raw });
      expect(Object.keys(normalized).filter((key) => !roots.some((root) => root === key))).toEqual([]);
      expect(Object.entries(normalized).flatMap(([key, value]) => emptyIn(value, key))).toEqual([]);
    }),
    runs(500),
  );
});

test('whatever a row holds, its event says that it is one about e-mail and how it ended', () => {
  fc.assert(
    fc.property(anyRecord, formats, (record, intakeFormat) => {
      const event = toEvent(record, { eventFormat: 'normalized', intakeFormat });
      expect(event).toMatchObject({
        event: {
          kind: 'event',
          category: ['email'],
          type: ['info'],
          outcome: expect.stringMatching(/^(success|failure|unknown)$/),
        },
      });
    }),
  );
});

test('the format raw sends the raw row alone', () => {
  fc.assert(
    fc.property(anyRecord, formats, (record, intakeFormat) => {
      expect(toEvent(record, { eventFormat: 'raw', intakeFormat })).toStrictEqual(rawRow(record, intakeFormat));
    }),
  );
});
