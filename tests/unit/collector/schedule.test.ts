import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ageOf, schedulePasses, stretchUntilDue } from '../../../src/model/schedule.js';

const defaults = { frequency: 60, timedelta: 0, late_window: 1440 };
const agesInSeconds = (changes: Partial<typeof defaults>) =>
  schedulePasses({ ...defaults, ...changes }).ages.map((age) => age / 1000);
const minutes = (...values: number[]) => values.map((value) => value * 60);

describe('the ages at which time is read', () => {
  test.each<[string, Partial<typeof defaults>, number[]]>([
    ['by default, are now, 4, 16 and 64 minutes, 4 h 16, 17 h 4 and a day', {}, minutes(0, 4, 16, 64, 256, 1024, 1440)],
    ['without a late window, are now alone', { late_window: 0 }, [0]],
    ['name the late window once when it is one of the steps', { late_window: 16 }, minutes(0, 4, 16)],
    ['end with a late window just above a step', { late_window: 17 }, minutes(0, 4, 16, 17)],
    ['leave out the steps that timedelta has passed', { timedelta: 20 }, minutes(20, 64, 256, 1024, 1440)],
    ['leave out the step that timedelta equals', { timedelta: 16 }, minutes(16, 64, 256, 1024, 1440)],
    ['are timedelta alone when it is the late window', { timedelta: 1440 }, minutes(1440)],
    ['are timedelta alone when it is beyond the late window', { timedelta: 90, late_window: 60 }, minutes(90)],
    [
      'begin at 4 seconds when time is read every second',
      { frequency: 1 },
      [0, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 86_400],
    ],
    [
      'are now and the late window when time is read once a day',
      { frequency: 86_400, late_window: 4320 },
      [0, 259_200],
    ],
  ])('%s', (_, settings, expected) => {
    expect(agesInSeconds(settings)).toEqual(expected);
  });

  test('grow strictly from timedelta to the late window, whatever the settings', () => {
    const settings = fc.record({
      frequency: fc.integer({ min: 1, max: 86_400 }),
      timedelta: fc.integer({ min: 0, max: 1440 }),
      late_window: fc.integer({ min: 0, max: 4320 }),
    });
    fc.assert(
      fc.property(settings, (changes) => {
        const ages = agesInSeconds(changes);
        expect(ages).toEqual([...new Set(ages)].sort((one, other) => one - other));
        expect(ages[0]).toBe(changes.timedelta * 60);
        expect(ages.at(-1)).toBe(Math.max(changes.timedelta, changes.late_window) * 60);
      }),
    );
  });
});

test('a pass is due when the time that it has not read is a quarter of its age, and pass 0 once in a frequency', () => {
  const schedule = schedulePasses(defaults);
  expect([0, 1, 2, 6].map((pass) => stretchUntilDue(schedule, pass) / 1000)).toEqual(minutes(1, 1, 4, 360));
});

test('asking for the age of a pass that does not exist is an error', () => {
  expect(() => ageOf(schedulePasses(defaults), 7)).toThrow('there is no pass 7');
});
