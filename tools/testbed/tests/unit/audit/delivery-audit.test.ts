import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DeliveryAudit, identifyEvent, type RowIdentity, type AuditRow } from '../../../src/index.js';
import { DeliveredTable, TextStore } from '../../../src/audit/delivered-table.js';
import { runs } from '../../../../../packages/automation-sdk-shim/tests/support/runs.js';

const event = ({ traceId, recipient, status }: RowIdentity): string =>
  JSON.stringify({ MessageTraceId: traceId, RecipientAddress: recipient, Status: status });

const row = (traceId: string, recipient: string, ...statuses: string[]): AuditRow => ({
  traceId,
  recipient,
  statuses: statuses.map((status, order) => ({ status, fromMs: order })),
});

async function* stream(rows: readonly AuditRow[]): AsyncGenerator<AuditRow> {
  for (const visible of rows) yield await Promise.resolve(visible);
}

describe('identifying events', () => {
  test.each([
    [
      'the Reporting Web Service',
      { MessageTraceId: 'T', RecipientAddress: 'r@x', Status: 'Delivered', id: 'not this' },
    ],
    ['Graph', { id: 'T', recipientAddress: 'r@x', status: 'Delivered' }],
  ])('reads the raw keys of %s', (_api, raw) => {
    const identity = identifyEvent(JSON.stringify({ event: { id: 'other' }, ...raw }));
    expect(identity).toEqual({ traceId: 'T', recipient: 'r@x', status: 'Delivered' });
  });

  test('takes a missing or null value for empty', () => {
    const identity = identifyEvent('{"MessageTraceId":"T","RecipientAddress":null}');
    expect(identity).toEqual({ traceId: 'T', recipient: '', status: '' });
  });

  test.each(['no JSON', 'null', '"text"', '[]', '{"event":{}}'])('finds no row in %s', (text) => {
    expect(identifyEvent(text)).toBeUndefined();
  });
});

test('finds what is missing, missed, repeated, unknown and unreadable, with samples', async () => {
  const audit = new DeliveryAudit();
  audit.deliver([
    event({ traceId: 'A', recipient: 'X@x', status: 'Delivered' }),
    event({ traceId: 'a', recipient: 'x@X', status: 'delivered' }),
    event({ traceId: 'a', recipient: 'x@x', status: 'DELIVERED' }),
    event({ traceId: 'b', recipient: 'x@x', status: 'Pending' }),
    event({ traceId: 'c', recipient: 'x@x', status: 'Failed' }),
    'nonsense',
  ]);
  const report = await audit.compare(
    stream([row('a', 'x@x', 'Pending', 'Delivered'), row('b', 'x@x', 'Pending', 'Delivered'), row('d', 'x@x', 'None')]),
  );
  expect(report).toEqual({
    visible: 3,
    delivered: 6,
    missing: 2,
    filtered: 0,
    missingSinceMs: 0,
    missedStatuses: 1,
    repeated: 2,
    unknown: 1,
    unreadable: 1,
    samples: {
      missing: [
        { traceId: 'b', recipient: 'x@x', status: 'Delivered' },
        { traceId: 'd', recipient: 'x@x', status: 'None' },
      ],
      missedStatuses: [{ traceId: 'a', recipient: 'x@x', status: 'Pending' }],
      repeated: [{ traceId: 'A', recipient: 'X@x', status: 'Delivered', times: 3 }],
      unknown: [{ traceId: 'c', recipient: 'x@x', status: 'Failed' }],
      unreadable: ['nonsense'],
    },
  });
});

test('misses no row that is not to be sent in its last status', () => {
  const audit = new DeliveryAudit();
  audit.deliver([event({ traceId: 'a', recipient: 'x', status: 'Pending' })]);
  const comparison = audit.beginComparison();
  const isSent = (status: string) => status !== 'Delivered';
  for (const one of [row('a', 'x', 'Pending', 'Delivered'), row('b', 'x', 'Delivered', 'Failed')])
    comparison.see(one, true, isSent);
  comparison.see(row('c', 'x', 'Delivered'), false, isSent);
  expect(audit.report(comparison)).toMatchObject({
    visible: 2,
    missing: 1,
    filtered: 1,
    missedStatuses: 0,
    unknown: 0,
  });
});

test('does not take a row for unknown that was delivered while the visible rows were read', async () => {
  const audit = new DeliveryAudit();
  async function* visible(): AsyncGenerator<AuditRow> {
    yield await Promise.resolve(row('a', 'x', 'Delivered'));
    audit.deliver([event({ traceId: 'new', recipient: 'x', status: 'Delivered' })]);
  }
  expect(await audit.compare(visible())).toMatchObject({ unknown: 0, delivered: 1 });
  expect(await audit.compare(stream([]))).toMatchObject({ unknown: 1 });
});

test('agrees with a naive reference on random deliveries', async () => {
  const name = (...names: string[]) => fc.constantFrom(...names);
  const identity = fc.record({
    traceId: name('a', 'A', 'b', 'c'),
    recipient: name('x', 'y', 'Y'),
    status: name('Pending', 'pending', 'Delivered', 'Failed'),
  });
  const visibleRows = fc.uniqueArray(
    fc.record({
      traceId: name('a', 'b', 'd'),
      recipient: name('x', 'y'),
      statuses: fc.uniqueArray(name('Pending', 'Delivered', 'Failed'), { minLength: 1 }),
    }),
    { selector: ({ traceId, recipient }) => traceId + recipient },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(identity), visibleRows, async (delivered, rows) => {
      const audit = new DeliveryAudit();
      audit.deliver(delivered.map(event));
      const visible = rows.map(({ traceId, recipient, statuses }) => row(traceId, recipient, ...statuses));
      const { samples, missingSinceMs, ...counts } = await audit.compare(stream(visible));
      expect(missingSinceMs !== undefined).toBe(counts.missing > 0);
      expect(counts).toEqual(naiveCounts(delivered, visible));
      expect(samples.repeated.length).toBeLessThanOrEqual(5);
    }),
    runs(300),
  );
});

function naiveCounts(delivered: readonly RowIdentity[], visible: readonly AuditRow[]) {
  const text = (...parts: string[]) => parts.join('|').toLowerCase();
  const keys = delivered.map(({ traceId, recipient, status }) => text(traceId, recipient, status));
  const shown = visible.flatMap(({ traceId, recipient, statuses }) =>
    statuses.map(({ status }, order) => ({
      key: text(traceId, recipient, status),
      last: order === statuses.length - 1,
    })),
  );
  return {
    visible: visible.length,
    delivered: keys.length,
    filtered: 0,
    missing: shown.filter(({ key, last }) => last && !keys.includes(key)).length,
    missedStatuses: shown.filter(({ key, last }) => !last && !keys.includes(key)).length,
    repeated: keys.length - new Set(keys).size,
    unknown: [...new Set(keys)].filter((key) => !shown.some((status) => status.key === key)).length,
    unreadable: 0,
  };
}

test('keeps every identity apart while its table grows', () => {
  const table = new DeliveredTable();
  const identity = (number: number) => ({ traceId: `trace-${number}`, recipient: 'r', status: 's' });
  for (let number = 0; number < 5000; number += 1) table.add(identity(number));
  table.add(identity(4321));
  expect(table.size).toBe(5000);
  for (let number = 0; number < 5000; number += 1) {
    expect(table.positionOf(identity(number))).toBe(number);
  }
  expect([table.timesAt(4320), table.timesAt(4321)]).toEqual([1, 2]);
  expect(table.identityAt(1234)).toEqual(identity(1234));
  expect(table.positionOf(identity(5000))).toBeUndefined();
});

test('stores texts of any length and gives each back', () => {
  const store = new TextStore();
  const texts = ['', 'ü→漢', 'x'.repeat(700_000), 'y'.repeat(600_000), 'z'.repeat(2_000_000), 'end'];
  for (const text of texts) store.push(text);
  expect(texts.map((_, position) => store.at(position))).toEqual(texts);
  expect(() => store.at(texts.length)).toThrow(RangeError);
});
