import { expect, test } from '@jest/globals';
import { FutureMargin } from '../../../../src/microsoft/graph/source.js';

/** Polls a service whose clock is behind ours by so much; answers how many polls were refused. */
function poll(margin: FutureMargin, times: number, behindMs: number): number {
  let refused = 0;
  for (let time = 0; time < times; time += 1) {
    if (margin.ms < behindMs) {
      refused += 1;
      margin.refused();
    } else margin.answered();
  }
  return refused;
}

test('a service that took the present for its future for a while costs a minute for an hour at most, not until the next restart', () => {
  const margin = new FutureMargin();
  poll(margin, 20, Infinity);
  expect(margin.ms).toBe(64_000);
  poll(margin, 60, 0);
  expect(margin.ms).toBe(1_000);
});

test('a service whose clock stays behind is asked in vain ever more rarely, and the margin stays near what it takes', () => {
  const margin = new FutureMargin();
  const first = poll(margin, 1_000, 5_000);
  const later = poll(margin, 1_000, 5_000);
  expect(first).toBeLessThan(12);
  expect(later).toBeLessThan(5);
  expect(margin.ms).toBeLessThanOrEqual(8_000);
});

test('the margin never leaves its bounds', () => {
  const margin = new FutureMargin();
  for (const behindMs of [0, Infinity, 3_000, 0, 100_000, 0]) {
    poll(margin, 2_000, behindMs);
    expect(margin.ms).toBeGreaterThanOrEqual(1_000);
    expect(margin.ms).toBeLessThanOrEqual(64_000);
  }
});
