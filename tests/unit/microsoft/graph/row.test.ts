import { describe, expect, test } from '@jest/globals';
import { toRecord } from '../../../../src/microsoft/graph/row.js';
import { item, rowContext } from '../../../support/microsoft/graph/items.js';

test('a complete item becomes a record with everything, its bounds those that were asked for', () => {
  const raw = item();
  expect(toRecord(raw, rowContext)).toStrictEqual({
    dialect: 'graph',
    traceId: '3b4fc661-180d-4c2f-60c9-08da6e38dd10',
    recipient: 'bob@example.com',
    sender: 'alice@contoso.com',
    status: 'delivered',
    received: '2022-07-25T12:26:13.240000Z',
    receivedMs: 1_658_751_973_240,
    messageId: '<0001@contoso.com>',
    subject: 'Invoice',
    size: 1234,
    fromIp: '198.51.100.4',
    toIp: '203.0.113.7',
    organization: 'contoso.onmicrosoft.com',
    start: '2022-07-25T12:10:00.000000Z',
    end: '2022-07-25T12:26:40.000000Z',
    raw,
  });
});

test.each([
  ['2022-07-25T12:26:13Z', '2022-07-25T12:26:13.000000Z', 1_658_751_973_000],
  ['2022-07-25T12:26:13.2401239Z', '2022-07-25T12:26:13.240123Z', 1_658_751_973_240],
  ['2022-07-25T14:26:13.24+02:00', '2022-07-25T12:26:13.240000Z', 1_658_751_973_240],
])('the time %s is read as %s', (receivedDateTime, received, receivedMs) => {
  expect(toRecord(item({ receivedDateTime }), rowContext)).toMatchObject({ received, receivedMs });
});

test.each(['delivered', 'FilteredAsSpam', 'GETTINGSTATUS', 'recalled', 'onHold'])(
  'the status %s is kept as it came',
  (status) => {
    expect(toRecord(item({ status }), rowContext).status).toBe(status);
  },
);

test('an address that Graph does not know is an empty text, and absent from the record', () => {
  const record = toRecord(item({ fromIP: '', toIP: '' }), rowContext);
  expect(record.fromIp).toBeUndefined();
  expect(record.toIp).toBeUndefined();
  expect(record.raw).toMatchObject({ fromIP: '', toIP: '' });
});

test('the organization is absent where the domain of the tenant is not known', () => {
  expect(toRecord(item(), { ...rowContext, organization: undefined }).organization).toBeUndefined();
});

describe('what an item does not hold in a form that can be read is absent', () => {
  const fields = [
    ['id', 'traceId'],
    ['recipientAddress', 'recipient'],
    ['senderAddress', 'sender'],
    ['status', 'status'],
    ['receivedDateTime', 'received'],
    ['receivedDateTime', 'receivedMs'],
    ['messageId', 'messageId'],
    ['subject', 'subject'],
    ['size', 'size'],
    ['fromIP', 'fromIp'],
    ['toIP', 'toIp'],
  ] as const;

  test.each(fields)('%s (%s)', (key, field) => {
    expect(toRecord(item(), rowContext)[field]).toBeDefined();
    for (const value of [null, '', true, [], {}]) {
      const raw = item({ [key]: value });
      expect(toRecord(raw, rowContext)[field]).toBeUndefined();
      expect(toRecord(raw, rowContext).raw).toBe(raw);
    }
    const others = Object.entries(item()).filter(([name]) => name !== key);
    expect(toRecord(Object.fromEntries(others), rowContext)[field]).toBeUndefined();
  });
});
