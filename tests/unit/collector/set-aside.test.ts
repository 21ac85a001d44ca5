import { expect, test } from '@jest/globals';
import { begin, type Progress } from '../../../src/model/progress.js';
import { scheduleOf } from '../../support/schedule.js';
import { followsSetAside, isGivenUp, setAside, setAsideIn, stillSetAside } from '../../../src/collector/set-aside.js';

const second = 1000;
const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 23, 12);
const bad = { start: noon, end: noon + second };
const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 1620 });

const readBefore = (ms: number): Progress => begin(ms, schedule);

test.each([
  ['before a day is over', noon + 23 * hour, noon + hour, false],
  ['after a day, while a pass is to read it again', noon + 30 * hour, noon, false],
  [
    'after a day, while the next query may begin a second earlier than what is left to read',
    noon + 30 * hour,
    bad.end,
    false,
  ],
  ['after a day, once no pass looks at it any more', noon + 30 * hour, bad.end + second, true],
])('time that cannot be read, %s: given up %#', (_when, nowMs, finishedMs, isOver) => {
  const [aside] = setAsideIn(setAside(readBefore(finishedMs), bad, noon));
  expect(isGivenUp(aside!, readBefore(finishedMs), nowMs)).toBe(isOver);
});

test('after a day it is tried once an hour until it is given up', () => {
  const progress = setAside(readBefore(noon), bad, noon);
  const nowMs = noon + 25 * hour;
  const [aside] = setAsideIn(stillSetAside(progress, setAsideIn(progress)[0]!, [bad], nowMs));
  expect(aside).toEqual({ ...bad, sinceMs: noon, nextTryMs: nowMs + hour });
});

test('only a range that begins where such time ends follows it', () => {
  const progress = setAside(readBefore(noon), bad, noon);
  expect(followsSetAside({ start: bad.end, end: bad.end + hour }, progress)).toBe(true);
  expect(followsSetAside({ start: bad.end + second, end: bad.end + hour }, progress)).toBe(false);
  expect(followsSetAside({ start: bad.start - hour, end: bad.start }, progress)).toBe(false);
});
