import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from '../src/backoff.js';
import { retryAfterMs } from '../src/http/retry-after.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const withHeaders = (headers: Record<string, string>) => ({ header: (name: string) => headers[name] });

test.each([
  [{}, undefined],
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '999999' }, 3_600_000],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': 'Tue, 01 Mar 2050 12:00:00 GMT' }, 3_600_000],
  [{ 'retry-after': 'Sun, 01 Mar 2026 09:00:30 GMT', date: 'Sun, 01 Mar 2026 09:00:00 GMT' }, 30_000],
])('the answer with %j asks to wait %p ms', (headers: Record<string, string>, expected) => {
  expect(retryAfterMs(withHeaders(headers), NOW)).toBe(expected);
});

test('waits double from the first to the longest and are spread over their upper half', () => {
  const waits = { firstMs: 1_000, maxMs: 60_000 };
  expect([1, 2, 3, 6, 7, 50].map((failures) => backoffMs(waits, failures, 1))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const wait = backoffMs(waits, failures, random);
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(60_000);
    }),
  );
});
