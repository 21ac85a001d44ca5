import type { Sample } from '../../../src/wire/live.js';

/** How far back a chart looks, in seconds: an hour, or less as long as there is less to be seen. */
const SPANS_SECONDS = [300, 900, 1_800, 3_600] as const;
const MAX_SPAN_SECONDS = 3_600;

/** So many milliseconds become one point: more could not be told apart on a screen. */
const POINT_MS = 10_000;

/** Between points that lie further apart than this nothing is drawn: the runner was not there. */
const MAX_STEP_MS = 30_000;

/** Times in seconds since 1970, ascending, and a value for each; null interrupts the line. */
export type ChartData = [times: number[], values: (number | null)[]];

type ValueOf = (sample: Sample) => number | null;

/** The span in which `samples`, oldest first, fit. */
export function chartSpanSeconds(samples: readonly Sample[], nowMs: number): number {
  const oldestSeconds = (nowMs - (samples[0]?.atMs ?? nowMs)) / 1000;
  return SPANS_SECONDS.find((span) => oldestSeconds <= span) ?? MAX_SPAN_SECONDS;
}

/** The samples of the last hour before `nowMs`, ready to be drawn: the highest value of each ten seconds. */
export function chartData(samples: readonly Sample[], valueOf: ValueOf, nowMs: number): ChartData {
  const times: number[] = [];
  const values: (number | null)[] = [];
  let previousMs = Number.POSITIVE_INFINITY;
  let point: number | null = null;
  for (const sample of samples) {
    if (sample.atMs < nowMs - MAX_SPAN_SECONDS * 1000) continue;
    if (sample.atMs - previousMs > MAX_STEP_MS) {
      times.push((previousMs + 1) / 1000);
      values.push(null);
    }
    const value = valueOf(sample);
    if (Math.floor(sample.atMs / POINT_MS) === point) {
      times[times.length - 1] = sample.atMs / 1000;
      values[values.length - 1] = higher(values.at(-1) ?? null, value);
    } else {
      times.push(sample.atMs / 1000);
      values.push(value);
    }
    point = Math.floor(sample.atMs / POINT_MS);
    previousMs = sample.atMs;
  }
  return [times, values];
}

/**
 * The highest of the samples and of the value of this moment, for those who do not see the line. Null where there is
 * none.
 */
export function highestOf(samples: readonly Sample[], valueOf: ValueOf, now: number | null): number | null {
  return samples.reduce<number | null>((highest, sample) => higher(highest, valueOf(sample)), now);
}

/** Which values stand alone: no line leads to them or away, so that they are seen only as points. */
export function lonePoints(values: ChartData[1]): number[] {
  const isThere = (at: number): boolean => (values[at] ?? null) !== null;
  return [...values.keys()].filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
}

function higher(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

/** The upper end of an axis of counts: 1, 2 or 5 times a power of ten, at least 10. */
export function countAxisEnd(highest: number): number {
  const needed = Math.max(highest, 10);
  const power = 10 ** Math.floor(Math.log10(needed));
  return [1, 2, 5, 10].map((step) => step * power).find((end) => end >= needed) ?? needed;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DURATIONS = [10, 20, MINUTE, 2 * MINUTE, 10 * MINUTE, 20 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY];

/** The upper end of an axis of seconds, at least 10: what clocks and calendars halve well. */
export function durationAxisEnd(highestSeconds: number): number {
  return DURATIONS.find((end) => end >= highestSeconds) ?? 2 * DAY * Math.ceil(highestSeconds / (2 * DAY));
}
