import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NO_REFUSALS, onHttpError, severityOf, waitAfter, type Reports } from '../../../src/collector/wait-policy.js';

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

describe('refusals in a row', () => {
  const anyRefusals = fc.array(fc.record({ refusals: fc.constantFrom(1, 2), sinceWorkedMs: fc.nat(2 * hour) }), {
    minLength: 1,
    maxLength: 30,
  });

  test.each([
    ['an account that may get locked', true, hour],
    ['what cannot get locked', false, 10 * minute],
  ])('of %s are waited out for exactly 1, 2, 4 … minutes, however many led to the first', (_what, mayLock, maxMs) => {
    fc.assert(
      fc.property(anyRefusals, (errors) => {
        let state = NO_REFUSALS;
        let [settled, disturbances, refusals] = [0, 0, 0];
        for (const { refusals: more, sinceWorkedMs } of errors) {
          const { isSettled, waitMs, next } = onHttpError(state, { refusals: more, mayLock }, sinceWorkedMs);
          state = next;
          refusals += more;
          expect(isSettled).toBe(refusals >= 3 || sinceWorkedMs >= hour);
          if (isSettled) expect(waitMs).toBe(Math.min(minute * 2 ** settled++, maxMs));
          else expect(waitMs).toBe(second * 2 ** disturbances++);
        }
        expect(disturbances).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('the first critical wait is a minute, whether a stray refusal was asked again in place or not', () => {
    const firstWaitMs = (refusals: readonly number[]) => {
      let state = NO_REFUSALS;
      for (const more of refusals) {
        const { isSettled, waitMs, next } = onHttpError(state, { refusals: more, mayLock: true }, 0);
        if (isSettled) return waitMs;
        state = next;
      }
      return undefined;
    };
    for (const row of [
      [1, 1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
    ])
      expect([row, firstWaitMs(row)]).toEqual([row, minute]);
  });
});

test('waits double from the first to the longest, and no number of failures breaks that', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: hour }), fc.nat(10), (failures, firstMs, doublings) => {
      const waits = { firstMs, maxMs: firstMs * 2 ** doublings };
      const waitMs = waitAfter(failures, waits);
      expect(waitMs).toBe(firstMs * 2 ** Math.min(Math.max(0, failures - 1), doublings));
    }),
  );
});

describe('failures that pass are reported', () => {
  const anyFailures = fc.array(
    fc.record({ name: fc.constantFrom('UnavailableError', 'StorageError'), afterMs: fc.nat(3 * minute) }),
    { minLength: 1, maxLength: 60 },
  );

  /** What is reported of failures at these times, where nothing works in between. */
  function reported(failures: readonly { readonly name: string; readonly atMs: number }[]) {
    let reports: Reports = { sinceMs: failures[0]!.atMs, isEscalated: false, last: undefined };
    return failures.map(({ name, atMs }) => {
      const severity = severityOf(reports, name, atMs);
      if (severity !== 'none')
        reports = { ...reports, isEscalated: reports.isEscalated || severity === 'error', last: { name, atMs } };
      return { name, atMs, severity };
    });
  }

  test('at once, then once a minute, with one error after five minutes and not before', () => {
    fc.assert(
      fc.property(anyFailures, (steps) => {
        let nowMs = 0;
        const seen = reported(steps.map(({ name, afterMs }) => ({ name, atMs: (nowMs += afterMs) })));
        const sinceMs = seen[0]!.atMs;
        expect(seen[0]!.severity).toBe('warning');
        const errors = seen.filter(({ severity }) => severity === 'error');
        const isLong = seen.at(-1)!.atMs - sinceMs >= 5 * minute;
        expect(errors.length).toBe(isLong ? 1 : 0);
        for (const { atMs } of errors) expect(atMs - sinceMs).toBeGreaterThanOrEqual(5 * minute);
        const said = seen.filter(({ severity }) => severity !== 'none');
        for (const [index, one] of said.entries()) {
          const before = said[index - 1];
          if (before !== undefined && one.severity === 'warning' && before.name === one.name)
            expect(one.atMs - before.atMs).toBeGreaterThanOrEqual(minute);
        }
        // Never silent for longer than a minute while it fails.
        for (const one of seen) {
          const last = said.findLast(({ atMs }) => atMs <= one.atMs)!;
          if (last.name === one.name) expect(one.atMs - last.atMs).toBeLessThan(minute);
        }
      }),
    );
  });
});
