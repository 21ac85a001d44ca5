import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';
import { MAX_ROWS_A_RUN, planRun, RATE_WINDOW_MS, recentStarts } from '../../../src/sekoia/run-plan.js';

const nowMs = 1_000_000;
const limits = { maxRunsAMinute: 3 };

describe('which run is due', () => {
  test('none, while nothing is owed', () => {
    expect(planRun({ owed: 0, unfinished: 0, startsMs: [] }, limits, nowMs)).toEqual({
      kind: 'wait',
      untilMs: Infinity,
    });
  });

  test.each([
    [1, [], 1],
    [3, [], 1],
    [4, [], 2],
    [10, [nowMs - 1], 5],
    [7, [nowMs - 1, nowMs - 2], 7],
    [7, [nowMs - RATE_WINDOW_MS, nowMs - 2, nowMs - 3], 7],
    [1_000, [], MAX_ROWS_A_RUN],
  ])('%i rows wait, starts %j: one with %i rows', (owed, startsMs, rows) => {
    expect(planRun({ owed, unfinished: 0, startsMs }, limits, nowMs)).toEqual({ kind: 'run', rows });
  });

  test('the next one once the oldest start that counts is a minute old', () => {
    const startsMs = [nowMs - 5, nowMs - 40_000, nowMs - 70_000, nowMs - 50_000];
    expect(planRun({ owed: 9, unfinished: 0, startsMs }, limits, nowMs)).toEqual({
      kind: 'wait',
      untilMs: nowMs + 10_000,
    });
  });

  test('a lower limit than before counts at once', () => {
    const startsMs = [nowMs - 50_000, nowMs - 40_000, nowMs - 30_000, nowMs - 20_000];
    expect(planRun({ owed: 9, unfinished: 0, startsMs }, { maxRunsAMinute: 2 }, nowMs)).toEqual({
      kind: 'wait',
      untilMs: nowMs + 30_000,
    });
  });

  test('an unfinished run goes first, with the same rows, unless it is too large', () => {
    const history = { owed: 80, unfinished: 40, startsMs: [] };
    expect(planRun(history, limits, nowMs)).toEqual({ kind: 'run', rows: 40 });
    expect(planRun(history, { ...limits, maxRows: 20 }, nowMs)).toEqual({ kind: 'run', rows: 20 });
  });

  test('a start of a clock that was ahead counts as now', () => {
    const startsMs = [nowMs + 86_400_000];
    expect(recentStarts(startsMs, nowMs)).toEqual([nowMs]);
    expect(planRun({ owed: 1, unfinished: 0, startsMs }, { maxRunsAMinute: 1 }, nowMs)).toEqual({
      kind: 'wait',
      untilMs: nowMs + RATE_WINDOW_MS,
    });
  });
});

test('whenever rows come: each runs once, no minute has too many runs, and no start is left unused', () => {
  const arrivals = fc.array(
    fc.record({ atMs: fc.integer({ min: 0, max: 300_000 }), rows: fc.integer({ min: 1, max: 400 }) }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 12 }), (given, maxRunsAMinute) => {
      const coming = [...given].sort((one, other) => one.atMs - other.atMs);
      const total = coming.reduce((sum, { rows }) => sum + rows, 0);
      const starts: number[] = [];
      let [now, owed, ran] = [0, 0, 0];
      while (ran < total) {
        while (coming[0] !== undefined && coming[0].atMs <= now) owed += coming.shift()!.rows;
        const plan = planRun({ owed, unfinished: 0, startsMs: starts }, { maxRunsAMinute }, now);
        if (plan.kind === 'run') {
          expect(plan.rows).toBeGreaterThan(0);
          expect(plan.rows).toBeLessThanOrEqual(Math.min(owed, MAX_ROWS_A_RUN));
          owed -= plan.rows;
          ran += plan.rows;
          starts.push(now);
          continue;
        }
        expect(plan.untilMs).toBeGreaterThan(now);
        // It waits only where nothing is owed or the minute is full.
        const inLastMinute = starts.filter((start) => start > now - RATE_WINDOW_MS).length;
        expect(owed === 0 || inLastMinute === maxRunsAMinute).toBe(true);
        now = Math.min(plan.untilMs, coming[0]?.atMs ?? Infinity);
      }
      expect(ran).toBe(total);
      for (const [index, start] of starts.entries()) {
        const later = starts[index + maxRunsAMinute];
        if (later !== undefined) expect(later - start).toBeGreaterThanOrEqual(RATE_WINDOW_MS);
      }
    }),
    runs(200),
  );
});
