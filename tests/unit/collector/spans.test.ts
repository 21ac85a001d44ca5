import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Progress } from '../../../src/model/progress.js';
import { adapt, freshSpanOf, halve, isSmallest, spanOf } from '../../../src/collector/spans.js';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const limits = { pageRows: 2000, rangeMs: 10 * day };
const progressOf = (lookbackMs: number, spanMs?: number): Progress => ({
  watermarks: [0],
  lookbackMs,
  ...(spanMs !== undefined && { spanMs }),
});
const rangeOf = (durationMs: number) => ({ start: 0, end: durationMs });

describe('the span of the next range of old time', () => {
  test.each<[string, Progress, number]>([
    ['is an hour at first', progressOf(10 * minute), hour],
    ['is 20 pages at first when that is less', progressOf(24 * second), 10 * minute],
    ['is what has been learned', progressOf(30 * second, 3 * hour), 3 * hour],
    ['is never wider than the API allows', progressOf(30 * second, 11 * day), 10 * day],
  ])('%s', (_, progress, expected) => {
    expect(spanOf(progress, limits)).toBe(expected);
  });

  test.each<[string, { span: number; width: number; rows: number }, number]>([
    ['aims at 20 pages', { span: hour, width: hour, rows: 20_000 }, 2 * hour],
    ['shrinks at once when time is full', { span: hour, width: hour, rows: 400_000 }, 6 * minute],
    ['grows fourfold at most, however little time holds', { span: hour, width: hour, rows: 1 }, 4 * hour],
    ['grows fourfold when time is empty', { span: hour, width: hour, rows: 0 }, 4 * hour],
    ['stops at what the API allows', { span: 9 * day, width: 9 * day, rows: 0 }, 10 * day],
    ['does not grow by a range that was cut short', { span: hour, width: 10 * minute, rows: 0 }, hour],
    ['shrinks by a range that was cut short', { span: hour, width: 10 * minute, rows: 40_000 }, 10 * minute],
    ['never falls below a second', { span: second, width: second, rows: 1_000_000 }, second],
  ])('%s', (_, { span, width, rows }, expected) => {
    const read = { range: rangeOf(width), rows, fresh: false };
    expect(adapt(progressOf(minute, span), read, limits)).toEqual(progressOf(minute, expected));
  });
});

describe('how far a fresh range reaches back', () => {
  test.each<[string, { width: number; rows: number }, number]>([
    ['is as far as four fifths of a page hold it', { width: 5 * minute, rows: 4000 }, 2 * minute],
    ['grows to four ranges at most', { width: 5 * minute, rows: 10 }, 20 * minute],
    ['grows to four ranges when there was no row', { width: 5 * minute, rows: 0 }, 20 * minute],
    ['never falls below a second', { width: second, rows: 1_000_000 }, second],
  ])('%s', (_, { width, rows }, expected) => {
    const read = { range: rangeOf(width), rows, fresh: true };
    expect(adapt(progressOf(minute, hour), read, limits)).toEqual(progressOf(expected, hour));
  });
});

test.each<[string, number, number, number]>([
  ['two polls', 10 * second, minute, 2 * minute],
  ['two pages, where they hold more than two polls', 8 * minute, minute, 20 * minute],
  ['at most what the API allows', 6 * day, minute, 10 * day],
])('a fresh range closes a hole in one go when it is no longer than %s', (_, lookbackMs, frequencyMs, expected) => {
  expect(freshSpanOf(progressOf(lookbackMs), frequencyMs, limits)).toBe(expected);
});

describe('a range that failed in its middle', () => {
  test('is read again in halves: old time without narrowing fresh ranges', () => {
    const halved = halve(progressOf(10 * minute, hour), rangeOf(8 * minute), false);
    expect(halved).toEqual(progressOf(10 * minute, 4 * minute));
  });

  test('is read again in halves: fresh time without narrowing old ranges', () => {
    const halved = halve(progressOf(10 * minute, hour), rangeOf(8 * minute), true);
    expect(halved).toEqual({ ...progressOf(4 * minute, hour), freshSpanMs: 4 * minute });
    expect(freshSpanOf(halved, hour, limits)).toBe(4 * minute);
  });

  test('no longer bounds fresh ranges once some of that width have succeeded', () => {
    let progress = halve(progressOf(10 * minute, hour), rangeOf(8 * minute), true);
    for (let reads = 0; reads < 10 && progress.freshSpanMs !== undefined; reads += 1) {
      const range = rangeOf(freshSpanOf(progress, minute, limits));
      progress = adapt(progress, { range, rows: 10, fresh: true }, limits);
    }
    expect(progress.freshSpanMs).toBeUndefined();
  });

  test('ends at a second after as many halvings as it takes', () => {
    let progress = progressOf(hour, hour);
    let halvings = 0;
    for (let range = rangeOf(hour); !isSmallest(range); range = rangeOf(progress.spanMs!)) {
      progress = halve(progress, range, false);
      halvings += 1;
    }
    expect({ halvings, progress }).toEqual({ halvings: 12, progress: progressOf(hour, second) });
  });
});

test('estimates stay whole seconds within their bounds, whatever ranges held', () => {
  const reads = fc.array(
    fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      rows: fc.oneof(fc.constant(0), fc.nat({ max: 10_000_000 })),
      fresh: fc.boolean(),
      fails: fc.boolean(),
    }),
    { maxLength: 30 },
  );
  const someLimits = fc.record({
    pageRows: fc.integer({ min: 1, max: 5000 }),
    rangeMs: fc.integer({ min: 1, max: 10 * 86_400 }).map((seconds) => seconds * second),
  });
  fc.assert(
    fc.property(someLimits, reads, (within, sequence) => {
      let progress = progressOf(5 * minute, 5 * minute);
      for (const { share, rows, fresh, fails } of sequence) {
        const spanBefore = spanOf(progress, within);
        const range = rangeOf(Math.max(1, Math.round((share * spanBefore) / second)) * second);
        progress = fails ? halve(progress, range, fresh) : adapt(progress, { range, rows, fresh }, within);
        const span = spanOf(progress, within);
        expect(span % second).toBe(0);
        expect(span).toBeGreaterThanOrEqual(second);
        expect(span).toBeLessThanOrEqual(Math.min(within.rangeMs, 4 * spanBefore + second));
        expect(progress.lookbackMs % second).toBe(0);
        expect(progress.lookbackMs).toBeGreaterThanOrEqual(second);
      }
    }),
  );
});
