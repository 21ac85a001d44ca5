import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ageOf, schedulePasses, stretchUntilDue } from '../../../src/model/schedule.js';

const minute = 60_000;
const defaults = { frequencyMs: minute, delayMs: 0, lateWindowMs: 1440 * minute };
const agesInSeconds = (changes: Partial<typeof defaults>) =>
  schedulePasses({ ...defaults, ...changes }).ages.map((age) => age / 1000);
const minutes = (...values: number[]) => values.map((value) => value * 60);

describe('the ages at which time is read', () => {
  test.each<[string, Partial<typeof defaults>, number[]]>([
    ['by default, are now, 4, 16 and 64 minutes, 4 h 16, 17 h 4 and a day', {}, minutes(0, 4, 16, 64, 256, 1024, 1440)],
    ['without a late window, are now alone', { lateWindowMs: 0 }, [0]],
    ['name the late window once when it is one of the steps', { lateWindowMs: 16 * minute }, minutes(0, 4, 16)],
    ['end with a late window just above a step', { lateWindowMs: 17 * minute }, minutes(0, 4, 16, 17)],
    ['leave out the steps that the delay has passed', { delayMs: 20 * minute }, minutes(20, 64, 256, 1024, 1440)],
    ['leave out the step that the delay equals', { delayMs: 16 * minute }, minutes(16, 64, 256, 1024, 1440)],
    ['are the delay alone when it is the late window', { delayMs: 1440 * minute }, minutes(1440)],
    [
      'are the delay alone when it is beyond the late window',
      { delayMs: 90 * minute, lateWindowMs: 60 * minute },
      minutes(90),
    ],
    [
      'begin at 4 seconds when time is read every second',
      { frequencyMs: 1_000 },
      [0, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 86_400],
    ],
    [
      'are now and the late window when time is read once a day',
      { frequencyMs: 1440 * minute, lateWindowMs: 4320 * minute },
      [0, 259_200],
    ],
  ])('%s', (_, settings, expected) => {
    expect(agesInSeconds(settings)).toEqual(expected);
  });

  test('grow strictly from the delay to the late window, whatever the settings', () => {
    const settings = fc.record({
      frequencyMs: fc.integer({ min: 1_000, max: 1440 * minute }),
      delayMs: fc.integer({ min: 0, max: 1440 * minute }),
      lateWindowMs: fc.integer({ min: 0, max: 4320 * minute }),
    });
    fc.assert(
      fc.property(settings, (changes) => {
        const ages = agesInSeconds(changes);
        expect(ages).toEqual([...new Set(ages)].sort((one, other) => one - other));
        expect(ages[0]).toBe(changes.delayMs / 1000);
        expect(ages.at(-1)).toBe(Math.max(changes.delayMs, changes.lateWindowMs) / 1000);
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
