import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InternalDomains, type Tenant } from '../../../src/message-trace/direction.js';
import { writeEvent } from '../../../src/message-trace/event-writer.js';
import { toEvent } from '../../../src/message-trace/event.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord } from '../../../src/microsoft/reporting-web-service.js';
import { anyItem, anyRow } from '../../support/arbitrary-row.js';
import { rowContext } from '../../support/microsoft/graph/items.js';
import { record, row } from '../../support/records.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const anyRecord = fc.oneof(
  anyRow.map(toRecord),
  anyItem.map((item) => fromGraph(item, rowContext)),
);

const tenant: Tenant = {
  id: '3d2f1a64-0f3c-4a55-9f0e-4d9c0f6f2a10',
  internal: new InternalDomains(['contoso.com']),
  portalUrl: 'https://security.microsoft.com',
};

const options = fc.record({
  eventFormat: fc.constantFrom('raw' as const, 'normalized' as const, 'enriched' as const),
  intakeFormat: fc.constantFrom('message_trace' as const, 'message_trace_graph_api' as const, 'own' as const),
  tenant: fc.constant(tenant),
});

const appearances = fc.record({
  previousStatus: fc.constantFrom(undefined, 'pending', 'quarantined'),
  lateBySeconds: fc.constantFrom(undefined, 0, 900),
});

test('whatever a row holds, its text is that of the event made the plain way, or is left to it', () => {
  fc.assert(
    fc.property(anyRecord, options, appearances, (record, options, appearance) => {
      const text = writeEvent(record, options, appearance);
      if (text !== undefined) expect(text).toBe(JSON.stringify(toEvent(record, options, appearance)));
    }),
    runs(3_000),
  );
});

test.each(['raw', 'normalized', 'enriched'] as const)('a usual row is written as %s at once', (eventFormat) => {
  const settings = { eventFormat, intakeFormat: 'message_trace', tenant } as const;
  const text = writeEvent(record({ SenderAddress: 'alice@contoso.com' }), settings);
  expect(text).toBe(JSON.stringify(toEvent(record({ SenderAddress: 'alice@contoso.com' }), settings)));
});

test.each([
  ['half a character in a value', { ...row(), Subject: 'x\ud83d' }],
  ['half a character in a name', { ...row(), '\udc00': 1 }],
  ['a key that is the name of a group of fields', { ...row(), event: 'Microsoft has added one' }],
])('%s is left to the plain way', (_, given) => {
  expect(writeEvent(toRecord(given), { eventFormat: 'normalized', intakeFormat: 'own' })).toBeUndefined();
});

test('an empty row has fields all the same', () => {
  const settings = { eventFormat: 'normalized', intakeFormat: 'own' } as const;
  expect(writeEvent(toRecord({}), settings)).toBe(JSON.stringify(toEvent(toRecord({}), settings)));
});
