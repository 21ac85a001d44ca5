import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SourceLimits } from '../../../src/model/ports.js';
import { plan, type Step, type Priority } from '../../../src/collector/planner.js';
import { advance, begin, settledBefore, lowWatermark, skip, type Progress } from '../../../src/model/progress.js';
import { ageOf, stretchUntilDue, type Schedule } from '../../../src/model/schedule.js';
import { scheduleOf } from '../../support/schedule.js';
import { adapt, halve, isSmallest } from '../../../src/collector/spans.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const [second, minute, hour] = [1000, 60_000, 3_600_000];
const origin = Date.UTC(2026, 10, 1, 12);
const pageMs = 500;
const maxSteps = 10_000;

interface World {
  readonly settings: { readonly frequency: number; readonly timedelta: number; readonly late_window: number };
  readonly limits: SourceLimits & { readonly behindMs: number };
  /** Hours that a first start reads. */
  readonly startTime: number;
  /** Rows a second, in one ten minutes after the other, for ever again. */
  readonly densities: readonly number[];
  readonly failingShare: number;
  readonly seed: number;
}

const worlds: fc.Arbitrary<World> = fc.record({
  settings: fc.record({
    frequency: fc.constantFrom(1, 30, 60, 300, 7200),
    timedelta: fc.constantFrom(0, 0, 3, 90),
    late_window: fc.constantFrom(0, 5, 90, 1440),
  }),
  limits: fc.record({
    pageRows: fc.constantFrom(500, 2000, 5000),
    rangeMs: fc.constantFrom(7 * minute, 6 * hour, 240 * hour),
    behindMs: fc.constantFrom(0, 1000, 2500),
  }),
  startTime: fc.constantFrom(1, 12, 48),
  densities: fc.array(fc.constantFrom(0, 0.01, 1, 20), { minLength: 1, maxLength: 12 }),
  failingShare: fc.constantFrom(0, 0.1),
  seed: fc.nat(),
});

function rowsOf({ densities }: World, start: number, end: number): number {
  const stretch = 10 * minute;
  let rows = 0;
  for (let from = start; from < end;) {
    const to = Math.min(end, Math.floor(from / stretch + 1) * stretch);
    rows += ((to - from) / second) * densities[Math.floor(from / stretch) % densities.length]!;
    from = to;
  }
  return Math.floor(rows);
}

function expectSoundRange(
  step: Extract<Step, { kind: 'read' }>,
  now: number,
  schedule: Schedule,
  limits: World['limits'],
): void {
  const { start, end } = step.range;
  expect([start % second, end % second]).toEqual([0, 0]);
  expect(end).toBeGreaterThan(start);
  expect(end - start).toBeLessThanOrEqual(limits.rangeMs);
  expect(end).toBeLessThanOrEqual(now - limits.behindMs - ageOf(schedule, step.pass));
}

/** Whether each pass has read all that was due for it, give or take what came while others were reading. */
function hasReachedThePresent(progress: Progress, now: number, schedule: Schedule): boolean {
  const slack = 2 * minute;
  return (
    progress.ahead === undefined &&
    progress.watermarks.every(
      (watermark, pass) => now - ageOf(schedule, pass) - watermark <= stretchUntilDue(schedule, pass) + slack,
    )
  );
}

test('the planner always reaches the present, by ranges that are not empty, not too wide and as far behind the present as they must be', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { limits } = world;
      const schedule = scheduleOf(world.settings);
      const random = new SeededRandom(world.seed);
      let progress = begin(origin - world.startTime * hour, schedule);
      let now = origin;
      let turn: Priority = 'fresh-first';
      let steps = 0;
      for (; steps < maxSteps && !hasReachedThePresent(progress, now, schedule); steps += 1) {
        const step = plan(progress, now, schedule, limits, turn);
        if (step.kind === 'gap' || step.kind === 'retry')
          throw new Error(`nothing leads to a ${step.kind} in this world`);
        if (step.kind === 'wait') {
          expect(step.until).toBeGreaterThan(now);
          now = step.until;
          turn = 'fresh-first';
          continue;
        }
        expectSoundRange(step, now, schedule, limits);
        const rows = rowsOf(world, step.range.start, step.range.end);
        const readAt = now;
        turn = step.fresh ? 'old-first' : 'fresh-first';
        now += pageMs * Math.max(1, Math.ceil(rows / limits.pageRows));
        if (random.chance(world.failingShare)) {
          if (!isSmallest(step.range)) progress = halve(progress, step.range, step.fresh);
          continue;
        }
        const read = { range: step.range, rows, fresh: step.fresh };
        progress = adapt(advance(progress, step.range, readAt, schedule), read, limits);
      }
      expect({ steps, isThere: hasReachedThePresent(progress, now, schedule) }).toMatchObject({ isThere: true });
    }),
    runs(150),
  );
});

test('where history has an end, every gap gives something up, is reported in pieces that were never read, and is followed by a range within reach', () => {
  const offsets = fc.array(fc.nat({ max: 20 * 3600 }), { minLength: 3, maxLength: 3 });
  const situations = fc.record({
    offsets,
    ahead: fc.option(fc.tuple(fc.integer({ min: 1, max: 36_000 }), fc.integer({ min: 1, max: 36_000 })), {
      nil: undefined,
    }),
    historyHours: fc.integer({ min: 1, max: 24 }),
  });
  const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 16 });
  const limits: SourceLimits = { pageRows: 2000, rangeMs: 240 * hour };
  fc.assert(
    fc.property(situations, ({ offsets, ahead, historyHours }) => {
      const watermarks = offsets.map((seconds) => origin - seconds * second).sort((one, other) => other - one);
      const start = watermarks[0]! + (ahead?.[0] ?? 0) * second;
      const end = start + (ahead?.[1] ?? 0) * second;
      const readAhead = ahead !== undefined && end <= origin ? { ahead: { start, end } } : {};
      let progress: Progress = { watermarks, lookbackMs: 5 * minute, historyMs: historyHours * hour, ...readAhead };
      for (let gaps = 0; ; gaps += 1) {
        const step = plan(progress, origin, schedule, limits, 'old-first');
        if (step.kind !== 'gap') {
          if (step.kind === 'read') expect(step.range.start).toBeGreaterThan(origin - historyHours * hour);
          return;
        }
        expect(gaps).toBeLessThan(3);
        expect(step.range.start).toBe(Math.min(lowWatermark(progress), step.range.end));
        expect(step.range.end).toBeLessThanOrEqual(progress.ahead?.start ?? Infinity);
        const after = skip(progress, step.range.end);
        expect(settledBefore(after)).toBeGreaterThan(settledBefore(progress));
        progress = after;
      }
    }),
  );
});
