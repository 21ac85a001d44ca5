import { describe, expect, test } from '@jest/globals';
import {
  advance,
  begin,
  settledBefore,
  highWatermark,
  lowWatermark,
  reschedule,
  skip,
  wasRead,
  watermarkOf,
  type Progress,
} from '../../../src/model/progress.js';
import type { Schedule } from '../../../src/model/schedule.js';

/** All times here are seconds; the passes read at the ages 0, 4 and 16. */
const schedule: Schedule = { frequencyMs: 1000, ages: [0, 4000, 16_000] };

interface Seconds {
  readonly watermarks: readonly number[];
  readonly ahead?: readonly [number, number];
}

function progressOf({ watermarks, ahead }: Seconds): Progress {
  return {
    watermarks: watermarks.map((it) => it * 1000),
    ...(ahead && { ahead: { start: ahead[0] * 1000, end: ahead[1] * 1000 } }),
    lookbackMs: 5000,
  };
}

function inSeconds({ watermarks, ahead }: Progress): Seconds {
  return {
    watermarks: watermarks.map((it) => it / 1000),
    ...(ahead && { ahead: [ahead.start / 1000, ahead.end / 1000] as const }),
  };
}

describe('a range that was read', () => {
  test.each<[string, Seconds, { range: [number, number]; readAt: number }, Seconds]>([
    [
      'moves each pass to the time that was as old as the pass when it was read',
      { watermarks: [100, 100, 100] },
      { range: [100, 120], readAt: 120 },
      { watermarks: [120, 116, 104] },
    ],
    [
      'moves all passes to its end when it is old time',
      { watermarks: [100, 80, 60] },
      { range: [60, 70], readAt: 100 },
      { watermarks: [100, 80, 70] },
    ],
    [
      'moves no pass back',
      { watermarks: [100, 96, 84] },
      { range: [50, 60], readAt: 100 },
      { watermarks: [100, 96, 84] },
    ],
    [
      'reaching back to the watermark of pass 1 moves pass 1 too',
      { watermarks: [100, 92, 80] },
      { range: [92, 102], readAt: 102 },
      { watermarks: [102, 98, 80] },
    ],
    [
      'beyond a watermark leaves it where it is',
      { watermarks: [100, 92, 80] },
      { range: [93, 102], readAt: 102 },
      { watermarks: [102, 92, 80] },
    ],
    [
      'beyond all watermarks is what was read ahead',
      { watermarks: [100, 96, 84] },
      { range: [180, 200], readAt: 200 },
      { watermarks: [100, 96, 84], ahead: [180, 200] },
    ],
    [
      'joins what was read ahead when it touches it',
      { watermarks: [100, 96, 84], ahead: [180, 200] },
      { range: [200, 210], readAt: 210 },
      { watermarks: [100, 96, 84], ahead: [180, 210] },
    ],
    [
      'joins what was read ahead when it overlaps it from before',
      { watermarks: [100, 96, 84], ahead: [180, 200] },
      { range: [170, 190], readAt: 210 },
      { watermarks: [100, 96, 84], ahead: [170, 200] },
    ],
    [
      'takes the place of what was read ahead when it is newer and does not touch it',
      { watermarks: [100, 96, 84], ahead: [180, 200] },
      { range: [290, 300], readAt: 300 },
      { watermarks: [100, 96, 84], ahead: [290, 300] },
    ],
    [
      'is forgotten when it is older than what was read ahead and touches nothing',
      { watermarks: [100, 96, 84], ahead: [180, 200] },
      { range: [120, 130], readAt: 300 },
      { watermarks: [100, 96, 84], ahead: [180, 200] },
    ],
    [
      'makes a hole smaller',
      { watermarks: [100, 96, 84], ahead: [180, 200] },
      { range: [100, 150], readAt: 205 },
      { watermarks: [150, 96, 84], ahead: [180, 200] },
    ],
    [
      'that closes a hole takes watermark 0 through what was read ahead, and no other pass',
      { watermarks: [100, 100, 100], ahead: [180, 200] },
      { range: [100, 180], readAt: 205 },
      { watermarks: [200, 180, 180] },
    ],
    [
      'counts only up to the instant at which it was read, by a clock that has been corrected backwards since',
      { watermarks: [100, 100, 100] },
      { range: [100, 160], readAt: 110 },
      { watermarks: [110, 106, 100] },
    ],
    [
      'changes nothing when the corrected clock says that it was read before its time began',
      { watermarks: [100, 96, 84] },
      { range: [100, 160], readAt: 90 },
      { watermarks: [100, 96, 84] },
    ],
    [
      'ahead of the watermark and of the corrected clock is not taken for read',
      { watermarks: [100, 96, 84] },
      { range: [180, 200], readAt: 170 },
      { watermarks: [100, 96, 84] },
    ],
    [
      'counts up to the last whole second before it was read',
      { watermarks: [100, 100, 100] },
      { range: [100, 160], readAt: 110.999 },
      { watermarks: [110, 106, 100] },
    ],
  ])('%s', (_, before, { range: [start, end], readAt }, after) => {
    const range = { start: start * 1000, end: end * 1000 };
    expect(inSeconds(advance(progressOf(before), range, readAt * 1000, schedule))).toEqual(after);
  });

  test('stays behind the present by the age of pass 0, and is ahead only that far', () => {
    const behind: Schedule = { frequencyMs: 1000, ages: [3000, 4000] };
    const after = advance(progressOf({ watermarks: [10, 10] }), { start: 80_000, end: 99_000 }, 100_000, behind);
    expect(inSeconds(after)).toEqual({ watermarks: [10, 10], ahead: [80, 97] });
  });
});

describe('time that can no longer be had', () => {
  test.each<[string, Seconds, number, Seconds]>([
    ['is passed by all that have not come so far', { watermarks: [100, 80, 60] }, 90, { watermarks: [100, 90, 90] }],
    [
      'lets watermark 0 through what was read ahead when it reaches it',
      { watermarks: [100, 80, 60], ahead: [180, 200] },
      190,
      { watermarks: [200, 190, 190] },
    ],
    [
      'leaves nothing ahead when it is all older',
      { watermarks: [100, 80, 60], ahead: [180, 200] },
      250,
      { watermarks: [250, 250, 250] },
    ],
  ])('%s', (_, before, until, after) => {
    expect(inSeconds(skip(progressOf(before), until * 1000))).toEqual(after);
  });
});

describe('when the settings have changed', () => {
  const before: Seconds = { watermarks: [100, 90, 70], ahead: [180, 200] };

  test.each<[string, readonly [number, ...number[]], Seconds]>([
    ['the same passes go on where they were', [0, 4, 16], before],
    ['a pass between two goes on from the older one', [0, 4, 8, 16], { ...before, watermarks: [100, 90, 70, 70] }],
    ['a pass older than all goes on from the last', [0, 4, 16, 64], { ...before, watermarks: [100, 90, 70, 70] }],
    ['a pass that is left out is forgotten', [0, 16], { ...before, watermarks: [100, 70] }],
    ['pass 0 alone remains where it was', [0], { ...before, watermarks: [100] }],
    [
      'a pass 0 that stays further behind starts from a pass that was as old, and what was read ahead is too young for it',
      [10],
      { watermarks: [70] },
    ],
  ])('%s', (_, [first, ...more], after) => {
    const to: Schedule = { frequencyMs: 1000, ages: [first * 1000, ...more.map((age) => age * 1000)] };
    expect(inSeconds(reschedule(progressOf(before), schedule, to))).toEqual(after);
  });
});

test('a first start has read nothing from its beginning on, and is finished with what lies before', () => {
  const first = begin(50_000, schedule);
  expect(inSeconds(first)).toEqual({ watermarks: [50, 50, 50] });
  expect([lowWatermark(first), highWatermark(first), settledBefore(first)]).toEqual([50_000, 50_000, 50_000]);
  expect(wasRead(first, 50_000)).toBe(false);
});

test('the frontier is the end of what was read ahead, and what no pass reads again ends at the last watermark', () => {
  const progress = progressOf({ watermarks: [100, 90, 70], ahead: [180, 200] });
  expect([lowWatermark(progress), highWatermark(progress), settledBefore(progress)]).toEqual([
    100_000, 200_000, 70_000,
  ]);
});

test('an instant was read when it lies before watermark 0 or in what was read ahead, whose end is not part of it', () => {
  const progress = progressOf({ watermarks: [100, 90, 70], ahead: [180, 200] });
  const instants = [99_999, 100_000, 179_999, 180_000, 199_999, 200_000];
  expect(instants.map((instant) => wasRead(progress, instant))).toEqual([true, false, false, true, true, false]);
});

test('asking for the watermark of a pass that does not exist is an error', () => {
  expect(() => watermarkOf(progressOf({ watermarks: [1] }), 1)).toThrow('there is no watermark of pass 1');
});
