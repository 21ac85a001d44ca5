import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fingerprintBytes,
  fingerprintOf,
  readFingerprint,
  writeFingerprint,
} from '../../../src/collector/fingerprint-set.js';
import { record } from '../../support/records.js';

type Changes = Parameters<typeof record>[0];

const rowOf = (changes: Changes) => {
  const { rowHigh, rowLow } = fingerprintOf(record(changes));
  return [rowHigh, rowLow];
};
const statusOf = (changes: Changes) => fingerprintOf(record(changes)).status;

describe('a row is the same row', () => {
  test.each<[string, Changes, Changes]>([
    ['whatever its status', { Status: 'Pending' }, { Status: 'Delivered' }],
    ['whatever the answer it came in', { Index: 0, StartDate: '/Date(0)/' }, { Index: 7, StartDate: '/Date(1)/' }],
    ['whatever its other fields', { Subject: 'Invoice' }, { Subject: 'Re: Invoice' }],
    ['in any case', { RecipientAddress: 'Bob@Example.com' }, { RecipientAddress: 'bob@example.com' }],
    [
      'without a recipient, when everything but the answer and the status is the same',
      { RecipientAddress: null, Index: 0, Status: 'Pending' },
      { RecipientAddress: null, Index: 7, Status: 'Delivered' },
    ],
  ])('%s', (_, one, other) => {
    expect(rowOf(one)).toEqual(rowOf(other));
  });
});

describe.each([
  ['Status', 'reporting_web_service'],
  ['status', 'graph'],
] as const)('a row without a trace id, by its %s in the dialect %s,', (key, dialect) => {
  const anonymous = { ...record({ MessageTraceId: null }), dialect };

  test('is the same row whatever it is', () => {
    const rows = ['Pending', 'Delivered'].map((status) => {
      const { rowHigh, rowLow } = fingerprintOf({ ...anonymous, status, raw: { subject: 'Invoice', [key]: status } });
      return [rowHigh, rowLow];
    });
    expect(rows[0]).toEqual(rows[1]);
  });

  test('is another row where it is no text, and so no status', () => {
    const [one, other] = [1, 2].map((status) =>
      fingerprintOf({ ...anonymous, status: undefined, raw: { subject: 'Invoice', [key]: status } }),
    );
    expect(one).not.toEqual(other);
  });
});

describe('a row is another row', () => {
  test.each<[string, Changes, Changes]>([
    ['for another recipient', {}, { RecipientAddress: 'carol@example.com' }],
    ['with another trace id', {}, { MessageTraceId: '00000000-0000-0000-0000-000000000000' }],
    [
      'with a line break in another place',
      { MessageTraceId: 'a\nb', RecipientAddress: 'c' },
      { MessageTraceId: 'a', RecipientAddress: 'b\nc' },
    ],
    ['with another half of a character', { MessageTraceId: '\ud800' }, { MessageTraceId: '\ud801' }],
    ['without a trace id, when any field differs', { MessageTraceId: null }, { MessageTraceId: null, Size: 5 }],
    ['without a recipient, when any field differs', { RecipientAddress: null }, { RecipientAddress: null, Size: 5 }],
    ['with an empty recipient, when any field differs', { RecipientAddress: '' }, { RecipientAddress: '', Size: 5 }],
  ])('%s', (_, one, other) => {
    expect(rowOf(one)).not.toEqual(rowOf(other));
  });
});

test('a status is the same in any case, another when it is spelt otherwise, and never zero, not even when there is none', () => {
  expect(statusOf({ Status: 'Delivered' })).toBe(statusOf({ Status: 'delivered' }));
  expect(statusOf({ Status: 'Delivered' })).not.toBe(statusOf({ Status: 'Failed' }));
  expect(statusOf({ Status: null })).toBeGreaterThan(0);
});

test('a fingerprint is read as it was written, at any place, in 12 bytes', () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(fc.record({ rowHigh: word, rowLow: word, status: word }), fc.nat({ max: 5 }), (fingerprint, index) => {
      const buffer = Buffer.alloc((index + 1) * fingerprintBytes);
      writeFingerprint(fingerprint, buffer, index * fingerprintBytes);
      expect(readFingerprint(buffer, index * fingerprintBytes)).toEqual(fingerprint);
    }),
  );
});
