import { formatDuration } from '../../format/format.js';
import type { Overview, PassPicture, TimeRange } from '../../../src/wire/live.js';

const DAY_SECONDS = 86_400;

/**
 * Ages below it are spread evenly, those above by their logarithm: so that the present, whose age is 0, has a place.
 */
const EVEN_BELOW_SECONDS = 5;

const TICKS_SECONDS = [
  10,
  60,
  600,
  3_600,
  6 * 3_600,
  DAY_SECONDS,
  3 * DAY_SECONDS,
  10 * DAY_SECONDS,
  30 * DAY_SECONDS,
  90 * DAY_SECONDS,
];

interface Tick {
  readonly label: string;
  /** From the left end, in per cent of the width. */
  readonly atPercent: number;
}

/** Where an age lies on a time axis whose right end is the present: logarithmic, in per cent of its width. */
export interface AgeScale {
  readonly oldestSeconds: number;
  readonly ticks: readonly Tick[];
  /** 100 for the present and all after it, 0 for `oldestSeconds` and all before. */
  readonly percentOf: (ageSeconds: number) => number;
}

/**
 * A scale with room for `ages`, in seconds.
 *
 * Its left end is two days, or that doubled as often as needed: it stays where it is while the ages grow a little.
 */
export function ageScale(ages: readonly number[]): AgeScale {
  const needed = Math.max(0, ...ages) * 1.2;
  let oldestSeconds = 2 * DAY_SECONDS;
  while (oldestSeconds < needed) oldestSeconds *= 2;
  const whole = Math.log1p(oldestSeconds / EVEN_BELOW_SECONDS);
  const percentOf = (ageSeconds: number): number => {
    const within = Math.min(Math.max(ageSeconds, 0), oldestSeconds);
    return 100 - (100 * Math.log1p(within / EVEN_BELOW_SECONDS)) / whole;
  };
  const ticks = TICKS_SECONDS.filter((age) => age < oldestSeconds).map((age) => ({
    label: formatDuration(age),
    atPercent: percentOf(age),
  }));
  return { oldestSeconds, ticks: [{ label: 'now', atPercent: 100 }, ...ticks], percentOf };
}

/** How long a range that has been read stays highlighted, fading. */
const GLOW_MS = 6_000;

/** What is narrower than this, in per cent of the width, would not be seen. */
const NARROWEST_PERCENT = 0.5;

/** A stretch of the time axis, in per cent of its width. */
export interface Span {
  readonly fromPercent: number;
  readonly widthPercent: number;
}

export interface Strip {
  readonly pass: number;
  readonly picture: PassPicture;
  /** From the left end to the watermark. */
  readonly filledPercent: number;
  /** Where time reaches the age at which this pass reads it. */
  readonly duePercent: number;
  readonly reading: Span | null;
  /** What was read in the last seconds; `strength` fades from 1 to 0. */
  readonly justRead: (Span & { readonly strength: number }) | null;
  /** Fresh time that was read before the backlog left of it: on the first strip alone. */
  readonly readAhead: Span | null;
}

export interface PassesLayout {
  readonly scale: AgeScale;
  readonly strips: readonly Strip[];
}

export type PassesState = Pick<Overview, 'passes' | 'reading' | 'readAhead'>;

/** The picture of the passes at `nowMs`: one strip for each, from the first on. */
export function layOutPasses({ passes, reading, readAhead }: PassesState, nowMs: number): PassesLayout {
  const age = (timeMs: number): number => (nowMs - timeMs) / 1000;
  const scale = ageScale(passes.flatMap((pass) => [pass.readsAtAgeSeconds, age(pass.watermarkMs)]));
  const span = (range: TimeRange): Span =>
    spanBetween(scale.percentOf(age(range.startMs)), scale.percentOf(age(range.endMs)));
  const strips = passes.map((picture, pass): Strip => {
    const strength = picture.lastRead === null ? 0 : 1 - (nowMs - picture.lastRead.atMs) / GLOW_MS;
    return {
      pass,
      picture,
      filledPercent: scale.percentOf(age(picture.watermarkMs)),
      duePercent: scale.percentOf(picture.readsAtAgeSeconds),
      reading: reading?.pass === pass ? span(reading) : null,
      justRead:
        picture.lastRead !== null && strength > 0
          ? { ...span(picture.lastRead), strength: Math.min(strength, 1) }
          : null,
      readAhead: pass === 0 && readAhead !== null ? span(readAhead) : null,
    };
  });
  return { scale, strips };
}

/** Wide enough to be seen, and within the axis. */
function spanBetween(startPercent: number, endPercent: number): Span {
  const widthPercent = Math.max(endPercent - startPercent, NARROWEST_PERCENT);
  return { fromPercent: Math.min(startPercent, 100 - widthPercent), widthPercent };
}

/** Such as `reads new mail`, `reads again at 4 min`. */
export function passTask(pass: number, readsAtAgeSeconds: number): string {
  const age = formatDuration(readsAtAgeSeconds);
  if (pass > 0) return `reads again at ${age}`;
  return readsAtAgeSeconds === 0 ? 'reads new mail' : `reads mail once it is ${age} old`;
}

/** What a strip tells, in exact times; `time` writes one for people. */
export function describeStrip(strip: Strip, nowMs: number, time: (timeMs: number) => string): string {
  const { readsAtAgeSeconds, watermarkMs, lastRead } = strip.picture;
  const at = strip.pass === 0 ? 'once' : `at an age of ${formatDuration(readsAtAgeSeconds)}`;
  const behind = formatDuration((nowMs - watermarkMs) / 1000);
  const read = `Mail received before ${time(watermarkMs)} (${behind} ago) has been read ${at}.`;
  if (lastRead === null) return `${read} It has needed no reading of its own yet.`;
  const ago = formatDuration((nowMs - lastRead.atMs) / 1000);
  return `${read} Last read: ${time(lastRead.startMs)} to ${time(lastRead.endMs)}, ${ago} ago.`;
}
