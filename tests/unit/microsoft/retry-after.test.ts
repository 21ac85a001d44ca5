import { expect, test } from '@jest/globals';
import { DateTime } from 'luxon';
import { retryAfterMs } from '../../../src/microsoft/retry-after.js';

const answeredAt = DateTime.fromISO('2026-03-01T12:00:00Z', { zone: 'utc' });
const never = DateTime.invalid('no date');

test.each([
  ['0', 0],
  ['7', 7000],
  ['2.128', 2128],
  ['0.249', 249],
  [' 1.5 ', 1500],
  [' 7 ', 7000],
  ['600', 600_000],
  ['601', 600_000],
  ['99999999999999999999', 600_000],
  ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['Sun, 01 Mar 2026 12:00:00 GMT', 0],
  ['Tue, 01 Mar 2050 12:00:00 GMT', 600_000],
])('%j asks to wait %i ms', (header, waitMs) => {
  expect(retryAfterMs(header, answeredAt)).toBe(waitMs);
});

test.each([undefined, '', '-5', '1.', '.5', '1e3', 'soon', 'Sun, 99 Mar 2026 12:00:30 GMT'])(
  '%j does not say how long',
  (header) => {
    expect(retryAfterMs(header, answeredAt)).toBeUndefined();
  },
);

test('a date is seen from here where the answer has no date of its own', () => {
  expect(retryAfterMs(DateTime.utc().plus({ hours: 1 }).toHTTP(), never)).toBe(600_000);
  expect(retryAfterMs(DateTime.utc().minus({ hours: 1 }).toHTTP(), never)).toBe(0);
});
