import { describe, expect, test } from '@jest/globals';
import {
  countOf,
  durationFigure,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatUtc,
} from '../../../page/format/format.js';

describe('durations', () => {
  test.each([
    [-3, '0 s'],
    [0.4, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [303, '5 min 3 s'],
    [3_600, '1 h'],
    [7_505, '2 h 5 min'],
    [86_399, '23 h 59 min'],
    [86_400 * 3 + 59, '3 d'],
    [86_400 * 3 + 7_200, '3 d 2 h'],
  ])('of %d seconds read %s', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });

  test('have the number first as a figure', () => {
    expect(durationFigure(7_505)).toEqual({ value: '2', unit: 'h 5 min' });
    expect(durationFigure(0)).toEqual({ value: '0', unit: 's' });
  });
});

describe('numbers', () => {
  test('are grouped by thousands', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
  });

  test.each([
    [0.44, '0.4'],
    [12.25, '12.3'],
    [100.4, '100'],
    [1_250.6, '1,251'],
  ])('such as %d have a digit after the point only while it matters: %s', (value, words) => {
    expect(formatNumber(value)).toBe(words);
  });

  test('that are shares read as per cent', () => {
    expect([formatPercent(0), formatPercent(0.125), formatPercent(1)]).toEqual(['0 %', '12.5 %', '100 %']);
  });

  test('count in words', () => {
    expect([countOf(1, 'restart'), countOf(0, 'restart'), countOf(2, 'field needs', 'fields need')]).toEqual([
      '1 restart',
      '0 restarts',
      '2 fields need',
    ]);
  });
});

test('a time in UTC says so', () => {
  expect(formatUtc(Date.UTC(2025, 10, 23, 17, 5, 9, 120))).toBe('2025-11-23 17:05:09.120 UTC');
});
