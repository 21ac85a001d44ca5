import { describe, expect, test } from '@jest/globals';
import { compare } from '../../../bench/src/short.js';
import { median, type Pair, summary } from '../../../bench/src/pair-result.js';
import { topOf } from '../../../bench/src/profile.js';
import { type ByApi, type Results, withMeasured } from '../../../bench/src/results.js';
import { percentile } from '../../../bench/src/single-runs.js';
import { targetLines } from '../../../bench/src/targets.js';

function pair(moduleSeconds: number, floorSeconds: number, startSeconds = 0): Pair {
  const run = (cpuSeconds: number, start: number) => ({
    cpuSeconds,
    startCpuSeconds: start,
    peakBytes: 100 * cpuSeconds,
    firstRequestMs: 0,
    seconds: 0,
    counts: { requests: 10, rows: 200_000, events: 100_000, delaysMs: [] },
  });
  return { module: run(moduleSeconds, startSeconds), floor: run(floorSeconds, 0) };
}

describe('statistics', () => {
  test('of numbers in any order', () => {
    expect(median([10, 9, 1])).toBe(9);
    expect(median([4, 1, 10, 2])).toBe(3);
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(
      percentile(
        Array.from({ length: 200 }, (_, at) => at + 1),
        0.99,
      ),
    ).toBe(198);
    expect(percentile([7], 0.99)).toBe(7);
  });
});

describe('pairs', () => {
  test('the ratio is the median of the ratios of the pairs, so that what slows both runs of a pair drops out', () => {
    // The machine was three times as slow for the second pair, and the module twice as slow in the third.
    const result = summary([pair(20, 10), pair(60, 30), pair(40, 10)], 100_000);
    expect(result.ratio).toBe(2);
    expect(result.ratios).toEqual([2, 2, 4]);
    expect(result.module).toMatchObject({ perMillion: 400, peakBytes: 6000, requests: 10 });
    expect(result.floor.perMillion).toBe(100);
  });

  test('the start is told apart', () => {
    const result = summary([pair(20, 10, 5)], 100_000);
    expect(result).toMatchObject({ ratio: 2, ratioWithoutStart: 1.5 });
    expect(result.module).toMatchObject({ perMillion: 200, perMillionWithoutStart: 150, startCpuSeconds: 5 });
  });

  test('where nothing was delivered, rows are those that were read', () => {
    expect(summary([pair(20, 10)])).toMatchObject({ rows: 200_000, module: { perMillion: 100 } });
  });
});

describe('results', () => {
  const none: Results = { machine: { processor: 'p', cores: 2, node: 'v20' }, takenAt: '', apis: {} };
  const normalized = summary([pair(20, 10)], 100_000);
  const raw = summary([pair(13, 10)], 100_000);

  test('what is measured later adds to what is there, and takes its place', () => {
    let results = withMeasured(none, 'graph', { 'first-read': { normalized } });
    results = withMeasured(results, 'graph', { 'first-read': { raw } });
    results = withMeasured(results, 'graph', { idle: { cpuShare: 0.001, minutes: 5 } });
    results = withMeasured(results, 'graph', { 'first-read': { normalized: raw } });
    expect(results.apis.graph).toMatchObject({ 'first-read': { normalized: raw, raw }, idle: { cpuShare: 0.001 } });
    expect(results.apis['reporting-web-service']).toBeUndefined();
  });

  test.each<[what: string, measured: ByApi, shown: string, holds: string]>([
    ['first read, normalized, to the floor', { 'first-read': { normalized } }, '2.00 ×', 'yes'],
    ['first read, raw, to the floor', { 'first-read': { raw: normalized } }, '2.00 ×', '**no**'],
    [
      'what gzip adds to normalized',
      { 'first-read': { normalized: raw, 'normalized-gzip': normalized } },
      '0.70 ×',
      'yes',
    ],
    ['re-read of known rows, to the floor', { 're-read': raw }, '1.30 ×', '**no**'],
    ['idle, of a core', { idle: { cpuShare: 0.003, minutes: 5 } }, '0.30 %', '**no**'],
    ['idle, of a core', { idle: { cpuShare: 0.0029, minutes: 5 } }, '0.29 %', 'yes'],
    ['start to first request', { start: { firstRequestMs: 599, cpuSeconds: 1, starts: 5 } }, '599 ms', 'yes'],
    ['visible to acknowledged beyond the frequency, p99', delay(60_900), '0.9 s', 'yes'],
    ['visible to acknowledged beyond the frequency, p99', delay(61_100), '1.1 s', '**no**'],
    [
      'requests, to the pages that the rows fill',
      { requests: { rows: 1, requests: 93, pages: 80 } },
      '1.16 ×',
      '**no**',
    ],
    ['peak resident memory', memory(150, 171), '171 MiB', '**no**'],
    ['peak memory at 3 million rows, to 0.2 million', memory(150, 164), '1.09 ×', 'yes'],
    ['peak memory at 3 million rows, to 0.2 million', memory(100, 111), '1.11 ×', '**no**'],
    ['first read, enriched, to the floor', {}, 'not measured', ''],
  ])('%s of %j is %s: %s', (what, measured, shown, holds) => {
    const lines = targetLines({ ...none, apis: { graph: measured } }).filter(([name]) => name === what);
    expect(lines.map(([, api, , ...rest]) => [api, ...rest])).toEqual([
      ['reporting-web-service', 'not measured', ''],
      ['graph', shown, holds],
    ]);
  });

  function delay(p99Ms: number): ByApi {
    return { delay: { p50Ms: 1, p99Ms, rows: 1, frequencySeconds: 60 } };
  }

  function memory(...mebibytes: number[]): ByApi {
    return { memory: mebibytes.map((size) => ({ rows: 1, peakBytes: size * 2 ** 20, cpuSecondsPerMillion: 1 })) };
  }
});

describe('the short run', () => {
  test.each([
    [2.5, 2, true, 'graph: 2.50 × the floor, recorded 2.00 ×, at most 2.50 ×: good'],
    [2.51, 2, false, 'worse by more than 25 %'],
    [2, undefined, false, 'Record it with --short --record'],
  ])('%d × where %d × is recorded: %s', (ratio, recorded, isGood, text) => {
    const verdict = compare('graph', ratio, recorded);
    expect(verdict.isGood).toBe(isGood);
    expect(verdict.text).toContain(text);
  });
});

test('a profile names the functions with the largest self time, without paths, hashes and idling', () => {
  const node = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url } });
  const lines = topOf({
    nodes: [
      node(1, '(idle)', ''),
      node(2, 'eventText', 'file:///somewhere/dist/bundle/event-text-C5UFqFCP.js'),
      node(3, '', 'node:internal/zlib'),
      node(4, '(garbage collector)', ''),
      node(5, 'eventText', 'file:///somewhere/dist/bundle/event-text-C5UFqFCP.js'),
    ],
    samples: [1, 2, 3, 4, 5],
    timeDeltas: [1000, 30, 10, 40, 20],
  });
  expect(lines).toEqual([
    { name: 'eventText (event-text.js)', share: 0.5 },
    { name: '(garbage collector)', share: 0.4 },
    { name: '(anonymous) (node:internal/zlib)', share: 0.1 },
  ]);
});
