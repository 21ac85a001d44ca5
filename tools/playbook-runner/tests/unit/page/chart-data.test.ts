import { describe, expect, test } from '@jest/globals';
import {
  chartData,
  chartSpanSeconds,
  countAxisEnd,
  durationAxisEnd,
  highestOf,
  lonePoints,
} from '../../../page/views/overview/chart-data.js';
import type { Sample } from '../../../src/wire/live.js';

const NOW_MS = 10_000_000;

function sample(secondsAgo: number, lagSeconds: number | null = 1): Sample {
  return { atMs: NOW_MS - secondsAgo * 1000, eventsPerMinute: 60, lagSeconds };
}

const lag = (one: Sample): number | null => one.lagSeconds;

describe('the data of a chart', () => {
  test('are times in seconds with their values, of the last hour alone', () => {
    const samples = [sample(3_601), sample(3_600, 7), sample(3_590, null)];
    expect(chartData(samples, lag, NOW_MS)).toEqual([
      [6_400, 6_410],
      [7, null],
    ]);
  });

  test('are one point for ten seconds: the highest value, at the latest time', () => {
    const samples = [sample(20, 1), sample(18, 4), sample(16, null), sample(15, 2), sample(10, 0), sample(9, null)];
    expect(chartData(samples, lag, NOW_MS)).toEqual([
      [9_985, 9_991],
      [4, 0],
    ]);
  });

  test('interrupt the line where there were no samples for a while', () => {
    const [times, values] = chartData([sample(100), sample(40), sample(30)], lag, NOW_MS);
    expect(values).toEqual([1, null, 1, 1]);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test('are empty without samples', () => {
    expect(chartData([], lag, NOW_MS)).toEqual([[], []]);
  });

  test('tell the highest of the samples and of this moment, which may be newer', () => {
    const samples = [sample(3, 4), sample(2, null), sample(1, 2)];
    expect(highestOf(samples, lag, 3)).toBe(4);
    expect(highestOf(samples, lag, 5)).toBe(5);
    expect(highestOf(samples, lag, null)).toBe(4);
    expect(highestOf([], lag, null)).toBeNull();
  });

  test.each([
    [[7], [0]],
    [[7, 8], []],
    [
      [null, 7, null, 8, 9, null, 0],
      [1, 6],
    ],
    [[null], []],
  ])('show %j as points at %j: those that no line reaches', (values, points) => {
    expect(lonePoints(values)).toEqual(points);
  });

  test.each([
    [[], 300],
    [[sample(10)], 300],
    [[sample(301), sample(1)], 900],
    [[sample(901)], 1_800],
    [[sample(1_801)], 3_600],
    [[sample(9_999)], 3_600],
  ])('reach back as far as there is something to be seen: %#', (samples, span) => {
    expect(chartSpanSeconds(samples, NOW_MS)).toBe(span);
  });
});

describe('the value axis', () => {
  test.each([
    [0, 10],
    [11, 20],
    [21, 50],
    [51, 100],
    [1_000, 1_000],
    [1_001, 2_000],
  ])('of counts up to %d ends at %d', (highest, end) => {
    expect(countAxisEnd(highest)).toBe(end);
  });

  test.each([
    [0, 10],
    [11, 20],
    [61, 120],
    [3_601, 7_200],
    [86_401, 172_800],
    [172_801, 345_600],
  ])('of durations up to %d s ends at %d s', (highest, end) => {
    expect(durationAxisEnd(highest)).toBe(end);
  });
});
