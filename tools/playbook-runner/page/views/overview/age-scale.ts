import { formatDuration } from '../../format/durations.js';

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
