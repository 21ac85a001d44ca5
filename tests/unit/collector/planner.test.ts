import { describe, expect, test } from '@jest/globals';
import type { SourceLimits } from '../../../src/model/ports.js';
import { plan, type Step, type Priority } from '../../../src/collector/planner.js';
import { begin, type Progress } from '../../../src/model/progress.js';
import { scheduleOf } from '../../support/schedule.js';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const limits: SourceLimits = { pageRows: 2000, rangeMs: 10 * day };

/**
 * `12:00`, `12:00:30`, or `2 12:00` on the second day of the month: times of November 2026, by default of its first
 * day.
 */
function at(time: string): number {
  const [clock, date = '1'] = time.split(' ').reverse();
  return Date.parse(`2026-11-${date.padStart(2, '0')}T${clock!.padEnd(8, ':00')}Z`);
}

const rangeOf = (words: string) => {
  const [start, end] = words.split(' – ').map(at);
  return { start: start!, end: end! };
};
const read = (pass: number, words: string): Step => ({ kind: 'read', pass, fresh: false, range: rangeOf(words) });
const readFresh = (words: string): Step => ({ kind: 'read', pass: 0, fresh: true, range: rangeOf(words) });
const gap = (words: string): Step => ({ kind: 'gap', range: rangeOf(words) });
const wait = (until: string): Step => ({ kind: 'wait', until: at(until) });

/** Reads every minute; passes at the ages 0, 4 and 16 minutes. */
const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 16 });
const progressOf = (watermarks: string[], more: Partial<Progress> = {}): Progress => ({
  watermarks: watermarks.map(at),
  lookbackMs: 5 * minute,
  ...more,
});

interface Case {
  readonly progress: Progress;
  readonly now: string;
  readonly turn?: Priority;
  readonly limits?: Partial<SourceLimits>;
}

const expectStep = ({ progress, now, turn = 'fresh-first', limits: changes }: Case, expected: Step) => {
  expect(plan(progress, at(now), schedule, { ...limits, ...changes }, turn)).toEqual(expected);
};

const upToDate = progressOf(['12:00', '11:56', '11:44']);
const backlog = progressOf(['09:00', '08:56', '08:44'], {
  ahead: { start: at('11:55'), end: at('12:00') },
  spanMs: 2 * hour,
});

describe('after a first start', () => {
  test.each<[string, Case, Step]>([
    [
      'a short time that is to be read is read in one go',
      { progress: begin(at('11:48'), schedule), now: '12:00' },
      readFresh('11:48 – 12:00'),
    ],
    [
      'the newest time comes first when there is more to be read',
      { progress: begin(at('09:00'), schedule), now: '12:00' },
      readFresh('11:55 – 12:00'),
    ],
    [
      'nothing is read until the first poll is due, when no time before it is asked for',
      { progress: begin(at('12:00'), schedule), now: '12:00' },
      wait('12:01'),
    ],
  ])('%s', (_, situation, step) => expectStep(situation, step));
});

describe('when a backlog has just been read', () => {
  test.each<[string, Case, Step]>([
    [
      'what came meanwhile does not wait for the next poll',
      { progress: upToDate, now: '12:00:03', turn: 'caught-up' },
      readFresh('11:55:03 – 12:00:03'),
    ],
    [
      'the next poll is no earlier where that took a moment only',
      { progress: upToDate, now: '12:00:02.9', turn: 'caught-up' },
      wait('12:01'),
    ],
  ])('%s', (_, situation, step) => expectStep(situation, step));
});

describe('in steady state', () => {
  test.each<[string, Case, Step]>([
    ['fresh mail is read once in a frequency', { progress: upToDate, now: '12:00:59.9' }, wait('12:01')],
    [
      'a fresh range reaches back as far as a page holds it',
      { progress: progressOf(['12:00', '11:40', '11:30']), now: '12:01' },
      readFresh('11:56 – 12:01'),
    ],
    [
      'it reaches back over all passes where a page holds that much, and not beyond time that no row can change in',
      { progress: progressOf(['12:00', '11:56', '11:44'], { lookbackMs: 60 * minute }), now: '12:01' },
      readFresh('11:44 – 12:01'),
    ],
    [
      'it reaches back over nothing when a page does not even hold the new time',
      { progress: progressOf(['12:00', '11:57', '11:44'], { lookbackMs: 40_000 }), now: '12:01' },
      readFresh('12:00 – 12:01'),
    ],
    [
      'bounds are whole seconds, whatever the clock says',
      { progress: upToDate, now: '12:01:00.7' },
      readFresh('11:56 – 12:01'),
    ],
    [
      'a pass is read once a quarter of its age has come together',
      { progress: progressOf(['12:04', '12:00', '11:44']), now: '12:04' },
      read(2, '11:44 – 11:48'),
    ],
    [
      'the lowest pass that is due goes first',
      { progress: progressOf(['12:04', '11:58', '11:44']), now: '12:04' },
      read(1, '11:58 – 12:00'),
    ],
    [
      'fresh mail goes before a pass that is due',
      { progress: progressOf(['12:03', '11:58', '11:44']), now: '12:04' },
      readFresh('11:59 – 12:04'),
    ],
    [
      'a pass that is due has its turn after fresh mail',
      { progress: progressOf(['12:03', '11:58', '11:44']), now: '12:04', turn: 'old-first' },
      read(1, '11:58 – 12:00'),
    ],
    [
      'fresh mail is read on the turn of old time when no old time is due',
      { progress: progressOf(['12:00', '11:57', '11:45']), now: '12:01', turn: 'old-first' },
      readFresh('11:56 – 12:01'),
    ],
    [
      'the wait ends with whatever is due first, also when that is a pass',
      { progress: progressOf(['12:00:30', '11:56', '11:50']), now: '12:00:40' },
      wait('12:01'),
    ],
    [
      'old time is not read while it rests',
      { progress: progressOf(['12:04', '11:58', '11:44']), now: '12:04', turn: 'fresh-only' },
      wait('12:05'),
    ],
    [
      'nothing is read by a clock that stands before what was read',
      { progress: upToDate, now: '11:50' },
      wait('12:01'),
    ],
  ])('%s', (_, situation, step) => expectStep(situation, step));

  test('reading stays behind the present by timedelta', () => {
    const behind = scheduleOf({ frequency: 60, timedelta: 10, late_window: 16 });
    const situation = progressOf(['11:50', '11:44']);
    expect(plan(situation, at('12:00:30'), behind, limits, 'fresh-first')).toEqual(wait('12:01'));
    expect(plan(situation, at('12:01'), behind, limits, 'fresh-first')).toEqual(readFresh('11:46 – 11:51'));
  });
});

describe('after an outage', () => {
  test.each<[string, Case, Step]>([
    [
      'of a few polls, the missed time is read in one go',
      { progress: upToDate, now: '12:12' },
      readFresh('12:00 – 12:12'),
    ],
    [
      'of hours, reading jumps to the present',
      { progress: progressOf(['09:00', '08:56', '08:44']), now: '12:00' },
      readFresh('11:55 – 12:00'),
    ],
    ['the hole is filled from its oldest time on', { progress: backlog, now: '12:00:30' }, read(0, '09:00 – 11:00')],
    [
      'the hole ends where reading jumped to',
      { progress: { ...backlog, spanMs: 5 * hour }, now: '12:00:30' },
      read(0, '09:00 – 11:55'),
    ],
    ['fresh mail goes before the hole', { progress: backlog, now: '12:01' }, readFresh('11:56 – 12:01')],
    ['the hole has its turn', { progress: backlog, now: '12:01', turn: 'old-first' }, read(0, '09:00 – 11:00')],
    [
      'the hole goes before the later passes',
      { progress: { ...backlog, watermarks: [at('09:00'), at('07:00'), at('06:00')] }, now: '12:00:30' },
      read(0, '09:00 – 11:00'),
    ],
    ['the hole rests when old time does', { progress: backlog, now: '12:00:30', turn: 'fresh-only' }, wait('12:01')],
    [
      'a jump reads no more than the half of a fresh range that failed, whatever old time needs',
      { progress: { ...backlog, spanMs: 1000, freshSpanMs: 20_000 }, now: '14:00' },
      readFresh('13:59:40 – 14:00'),
    ],
    [
      'a range reaches back no further than the API allows',
      { progress: progressOf(['12:00', '11:50', '11:44']), now: '12:01', limits: { rangeMs: 2 * minute } },
      readFresh('11:59 – 12:01'),
    ],
    [
      'a range is no wider than the API allows',
      { progress: begin(at('09:00'), schedule), now: '12:00', limits: { rangeMs: 2 * minute } },
      readFresh('11:58 – 12:00'),
    ],
    [
      'an old range is no wider than the API allows',
      { progress: backlog, now: '12:00:30', limits: { rangeMs: 10 * minute } },
      read(0, '09:00 – 09:10'),
    ],
  ])('%s', (_, situation, step) => expectStep(situation, step));
});

test('a hole that is younger than the first reading may be is waited for, and no wait is over already', () => {
  const late = scheduleOf({ frequency: 60, timedelta: 10, late_window: 60 });
  const ahead = { start: at('11:58'), end: at('12:05') };
  const progress: Progress = { watermarks: late.ages.map(() => at('11:55')), ahead, lookbackMs: minute };
  const step = plan(progress, at('12:04'), late, limits, 'old-first');
  expect(step).toEqual(wait('12:05:01'));
});

describe('when the service keeps only a few hours', () => {
  const historyMs = 4 * hour;
  const behind = progressOf(['07:00', '06:56', '06:44']);

  test.each<[string, Case, Step]>([
    [
      'what is out of reach is a gap, with some minutes to spare',
      { progress: behind, now: '12:00' },
      gap('07:00 – 08:10'),
    ],
    [
      'a gap that was given up is the whole gap, though time goes on',
      { progress: progressOf(['08:10', '08:10', '08:10']), now: '12:04' },
      readFresh('11:59 – 12:04'),
    ],
    [
      'what was read ahead is no part of the gap',
      {
        progress: progressOf(['07:00', '06:56', '06:44'], { ahead: { start: at('07:30'), end: at('07:40') } }),
        now: '12:00',
      },
      gap('07:00 – 07:30'),
    ],
    [
      'the gap goes on behind what was read ahead',
      { progress: progressOf(['07:40', '07:30', '07:30']), now: '12:00' },
      gap('07:40 – 08:10'),
    ],
    [
      'passes that are behind give up what is out of reach, and no gap is left where it was read once',
      { progress: progressOf(['11:00', '10:56', '07:00']), now: '12:00' },
      gap('08:10 – 08:10'),
    ],
    [
      'passes that are behind give up no more than was read once',
      { progress: progressOf(['08:07', '08:03', '07:00']), now: '12:00' },
      gap('08:07 – 08:07'),
    ],
    [
      'there is no gap while nothing has to be read from beyond its reach',
      { progress: progressOf(['12:00', '11:56', '08:06']), now: '12:00:30' },
      read(2, '08:06 – 11:44:30'),
    ],
  ])('%s', (_, situation, step) => {
    expectStep({ ...situation, progress: { spanMs: 4 * hour, historyMs, ...situation.progress } }, step);
  });

  test('what is documented gives up nothing: it may be the clock that is wrong', () => {
    expectStep(
      { progress: behind, now: '12:00', limits: { historyMs }, turn: 'fresh-only' },
      readFresh('11:55 – 12:00'),
    );
  });
});

describe('when the service takes no range that ends in its future', () => {
  const behind = { behindMs: 1000 };

  test.each<[string, Case, Step]>([
    [
      'fresh mail is read until as much before the present',
      { progress: upToDate, now: '12:01:01', limits: behind },
      readFresh('11:56 – 12:01'),
    ],
    [
      'bounds are whole seconds all the same, and no later than that',
      { progress: upToDate, now: '12:01:02.9', limits: behind },
      readFresh('11:56:01 – 12:01:01'),
    ],
    [
      'a part of a second behind counts as well',
      { progress: upToDate, now: '12:01:02.4', limits: { behindMs: 500 } },
      readFresh('11:56:01 – 12:01:01'),
    ],
    [
      'the wait ends when the range that is due may be asked for',
      { progress: upToDate, now: '12:01:00.9', limits: behind },
      wait('12:01:01'),
    ],
    [
      'so does the wait for a pass',
      { progress: progressOf(['12:04', '12:00', '11:44']), now: '12:04:00.9', limits: { behindMs: 90_000 } },
      wait('12:05:30'),
    ],
    [
      'a pass is as much later',
      { progress: progressOf(['12:04', '12:00', '11:44']), now: '12:05:30', limits: { behindMs: 90_000 } },
      read(2, '11:44 – 11:48'),
    ],
    ['the hole does not wait', { progress: backlog, now: '12:00:30', limits: behind }, read(0, '09:00 – 11:00')],
    [
      'a hole that reaches to the present ends before it',
      {
        progress: { ...backlog, watermarks: [at('11:50'), at('11:50'), at('11:44')] },
        now: '11:52',
        limits: { behindMs: 60_000 },
      },
      read(0, '11:50 – 11:51'),
    ],
  ])('%s', (_, situation, step) => expectStep(situation, step));
});
