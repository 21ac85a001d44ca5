import { describe, expect, test } from '@jest/globals';
import {
  ageScale,
  describeStrip,
  layOutPasses,
  type PassesState,
  passTask,
} from '../../../page/views/overview/passes-layout.js';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const DAY = 86_400;

const ago = (seconds: number): number => NOW_MS - seconds * 1000;

function state(changes: Partial<PassesState> = {}): PassesState {
  return {
    passes: [
      { readsAtAgeSeconds: 0, watermarkMs: ago(5), lastRead: null },
      { readsAtAgeSeconds: 240, watermarkMs: ago(300), lastRead: null },
      { readsAtAgeSeconds: DAY, watermarkMs: ago(DAY + 600), lastRead: null },
    ],
    reading: null,
    readAhead: null,
    ...changes,
  };
}

describe('the scale of ages', () => {
  const scale = ageScale([0, DAY]);

  test('has the present at its right end and the oldest time at its left', () => {
    expect(scale.percentOf(0)).toBe(100);
    expect(scale.percentOf(scale.oldestSeconds)).toBeCloseTo(0, 10);
  });

  test('keeps what lies outside at its ends', () => {
    expect(scale.percentOf(-10)).toBe(100);
    expect(scale.percentOf(10 * scale.oldestSeconds)).toBeCloseTo(0, 10);
  });

  test('gives the last minute and the last day room both', () => {
    expect(100 - scale.percentOf(60)).toBeGreaterThan(20);
    expect(scale.percentOf(3_600) - scale.percentOf(DAY)).toBeGreaterThan(20);
  });

  test.each([
    [[], 2 * DAY],
    [[DAY], 2 * DAY],
    [[DAY + 3_600], 2 * DAY],
    [[3 * DAY], 4 * DAY],
    [[30 * DAY], 64 * DAY],
  ])('with the ages %j reaches back %d s', (ages, oldest) => {
    expect(ageScale(ages).oldestSeconds).toBe(oldest);
  });

  test('labels what fits, from the present on', () => {
    expect(scale.ticks.map(({ label }) => label)).toEqual(['now', '10 s', '1 min', '10 min', '1 h', '6 h', '1 d']);
    expect(ageScale([9 * DAY]).ticks.at(-1)?.label).toBe('10 d');
  });
});

describe('laying out the passes', () => {
  test('fills each strip up to its watermark, left of where its pass is due', () => {
    const { strips, scale } = layOutPasses(state(), NOW_MS);
    expect(strips.map((strip) => strip.filledPercent)).toEqual([5, 300, DAY + 600].map(scale.percentOf));
    for (const strip of strips) expect(strip.filledPercent).toBeLessThan(strip.duePercent);
  });

  test('shows what is being read on the strip of its pass alone', () => {
    const { strips, scale } = layOutPasses(state({ reading: { pass: 1, startMs: ago(600), endMs: ago(240) } }), NOW_MS);
    expect(strips.map((strip) => strip.reading === null)).toEqual([true, false, true]);
    expect(strips[1]?.reading?.fromPercent).toBe(scale.percentOf(600));
    expect(strips[1]?.reading?.widthPercent).toBeCloseTo(scale.percentOf(240) - scale.percentOf(600), 10);
  });

  test('lets what was read fade, then go', () => {
    const strengthAfter = (seconds: number): number | undefined => {
      const lastRead = { startMs: ago(60), endMs: ago(0), atMs: ago(seconds) };
      const { strips } = layOutPasses(
        state({ passes: [{ readsAtAgeSeconds: 0, watermarkMs: ago(5), lastRead }] }),
        NOW_MS,
      );
      return strips[0]?.justRead?.strength;
    };
    expect(strengthAfter(0)).toBe(1);
    expect(strengthAfter(3)).toBe(0.5);
    expect(strengthAfter(6)).toBeUndefined();
    // The trigger's clock may be a little ahead of the runner's answer.
    expect(strengthAfter(-1)).toBe(1);
  });

  test('shows what was read ahead of a backlog on the first strip', () => {
    const { strips, scale } = layOutPasses(state({ readAhead: { startMs: ago(900), endMs: ago(5) } }), NOW_MS);
    expect(strips[0]?.readAhead?.fromPercent).toBe(scale.percentOf(900));
    expect(strips[1]?.readAhead).toBeNull();
  });

  test('keeps a very short range wide enough to be seen, and on the axis', () => {
    const { strips } = layOutPasses(state({ reading: { pass: 0, startMs: ago(0), endMs: ago(0) } }), NOW_MS);
    const span = strips[0]?.reading;
    expect(span?.widthPercent).toBe(0.5);
    expect(span?.fromPercent).toBe(99.5);
  });
});

describe('telling of a pass in words', () => {
  test.each([
    [0, 0, 'reads new mail'],
    [0, 300, 'reads mail once it is 5 min old'],
    [1, 20, 'reads again at 20 s'],
    [6, DAY, 'reads again at 1 d'],
  ])('pass %d at %d s %s', (pass, age, words) => {
    expect(passTask(pass, age)).toBe(words);
  });

  test('says how far it has read, and what it read last', () => {
    const lastRead = { startMs: ago(60), endMs: ago(5), atMs: ago(3) };
    const passes = [
      { readsAtAgeSeconds: 0, watermarkMs: ago(5), lastRead },
      { readsAtAgeSeconds: 240, watermarkMs: ago(300), lastRead: null },
    ];
    const { strips } = layOutPasses(state({ passes }), NOW_MS);
    const time = (timeMs: number): string => new Date(timeMs).toISOString().slice(11, 19);
    expect(strips.map((strip) => describeStrip(strip, NOW_MS, time))).toEqual([
      'Mail received before 11:59:55 (5 s ago) has been read once. Last read: 11:59:00 to 11:59:55, 3 s ago.',
      'Mail received before 11:55:00 (5 min ago) has been read at an age of 4 min. It has needed no reading of its own yet.',
    ]);
  });
});
