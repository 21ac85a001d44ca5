import { describe, expect, test } from '@jest/globals';
import { toRecord } from '../../../../src/microsoft/reporting-web-service.js';
import { row } from '../../../support/records.js';

test('a complete row becomes a record with everything', () => {
  const raw = row();
  expect(toRecord(raw)).toStrictEqual({
    dialect: 'reporting_web_service',
    traceId: '3b4fc661-180d-4c2f-60c9-08da6e38dd10',
    recipient: 'bob@example.com',
    sender: 'alice@contoso.com',
    status: 'Delivered',
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

test('the times of both dialects are read', () => {
  expect(toRecord(row({ Received: '2022-07-25T12:26:13.2401239', StartDate: '2022-07-25T12:10:00Z' }))).toMatchObject({
    received: '2022-07-25T12:26:13.240123Z',
    receivedMs: 1_658_751_973_240,
    start: '2022-07-25T12:10:00.000000Z',
  });
});

describe('what a row does not hold in a form that can be read is absent', () => {
  const fields = [
    ['MessageTraceId', 'traceId'],
    ['RecipientAddress', 'recipient'],
    ['SenderAddress', 'sender'],
    ['Status', 'status'],
    ['Received', 'received'],
    ['Received', 'receivedMs'],
    ['MessageId', 'messageId'],
    ['Subject', 'subject'],
    ['Size', 'size'],
    ['FromIP', 'fromIp'],
    ['ToIP', 'toIp'],
    ['Organization', 'organization'],
    ['StartDate', 'start'],
    ['EndDate', 'end'],
  ] as const;

  test.each(fields)('%s (%s)', (key, field) => {
    expect(toRecord(row())[field]).toBeDefined();
    for (const value of [null, '', true, [], {}]) {
      const raw = { ...row(), [key]: value };
      expect(toRecord(raw)[field]).toBeUndefined();
      expect(toRecord(raw).raw).toBe(raw);
    }
    const others = Object.entries(row()).filter(([name]) => name !== key);
    expect(toRecord(Object.fromEntries(others))[field]).toBeUndefined();
  });
});

test.each([
  [0, 0],
  ['0', 0],
  ['87680', 87_680],
  ['999999999999999', 999_999_999_999_999],
  ['9999999999999999', undefined],
  ['1e3', undefined],
  ['-1', undefined],
  ['87 kB', undefined],
])('the size %j is read as %p', (Size, size) => {
  expect(toRecord(row({ Size })).size).toBe(size);
});
