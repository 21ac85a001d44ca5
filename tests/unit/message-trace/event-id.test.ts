import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventId } from '../../../src/message-trace/fields.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord } from '../../../src/microsoft/reporting-web-service.js';
import { anyItem, anyRow, rowInBothApis } from '../../support/arbitrary-row.js';
import { record } from '../../support/records.js';
import { rowContext } from '../../support/microsoft/graph/items.js';

const versionFive = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const names = fc.record({
  MessageTraceId: fc.uuid(),
  RecipientAddress: fc.emailAddress(),
  Status: fc.constantFrom('Delivered', 'Pending', 'Held'),
});

test('the id of a row stays the same for ever: it is the UUID of version 5 over trace id, recipient and status', () => {
  const row = { MessageTraceId: '3b4fc661-180d-4c2f-60c9-08da6e38dd10', RecipientAddress: 'bob@example.com' };
  // Computed with Python's uuid.uuid5 in the module's namespace.
  expect(eventId(record({ ...row, Status: 'Delivered' }))).toBe('55e5d62d-137b-5006-ac5e-26d05616b457');
  expect(eventId(record({ ...row, Status: 'Pending' }))).toBe('92e7397f-5256-51d2-89ec-26c338c09d22');
});

test('the id of any row is a UUID of version 5', () => {
  fc.assert(
    fc.property(anyRow, anyItem, (row, item) => {
      expect(eventId(toRecord(row))).toMatch(versionFive);
      expect(eventId(fromGraph(item, rowContext))).toMatch(versionFive);
    }),
  );
});

test('the id of a row is the same whichever API it was read through', () => {
  fc.assert(
    fc.property(rowInBothApis, ({ row, item }) => {
      expect(eventId(fromGraph(item, rowContext))).toBe(eventId(toRecord(row)));
    }),
  );
});

test('the id depends on trace id, recipient and status without case, and on nothing else', () => {
  const spelled = names.chain((row) =>
    fc.tuple(
      fc.constant(row),
      fc.record({
        MessageTraceId: fc.mixedCase(fc.constant(row.MessageTraceId)),
        RecipientAddress: fc.mixedCase(fc.constant(row.RecipientAddress)),
        Status: fc.mixedCase(fc.constant(row.Status)),
      }),
    ),
  );
  fc.assert(
    fc.property(spelled, anyRow, ([one, other], rest) => {
      expect(eventId(toRecord({ ...rest, ...other }))).toBe(eventId(record(one)));
    }),
  );
});

test('another trace id, recipient or status gives another id', () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      const isSame = JSON.stringify(one).toLowerCase() === JSON.stringify(other).toLowerCase();
      expect(eventId(record(one)) === eventId(record(other))).toBe(isSame);
      expect(eventId(record(one))).not.toBe(eventId(record({ ...one, Status: 'Expanded' })));
      expect(eventId(record(one))).not.toBe(eventId(record({ ...one, RecipientAddress: `x${one.RecipientAddress}` })));
    }),
  );
});

test('rows without a trace id have different ids as soon as they differ, except in what belongs to the answer', () => {
  const row = { MessageTraceId: null };
  expect(eventId(record({ ...row, Subject: 'one' }))).not.toBe(eventId(record({ ...row, Subject: 'other' })));
  expect(eventId(record({ ...row, Index: 7, EndDate: '/Date(1658759999000)/' }))).toBe(eventId(record(row)));
});
