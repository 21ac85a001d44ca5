import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from '../../src/retry.js';

test('waits double from the first to the longest and are spread over their upper half', () => {
  const waits = { firstMs: 1_000, maxMs: 60_000 };
  expect([1, 2, 3, 6, 7, 50].map((failures) => backoffMs(waits, failures, 1))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ]);
  expect([1, 3, 4, 5].map((failures) => backoffMs({ ...waits, steady: 3 }, failures, 1))).toEqual([
    1_000, 1_000, 2_000, 4_000,
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const wait = backoffMs(waits, failures, random);
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(60_000);
    }),
  );
});
