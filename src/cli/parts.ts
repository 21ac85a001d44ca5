/** How a long search is split into parts of time, each of which is searched and written as a whole. */
import type { TimeRange } from '../model/progress.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Microsoft Graph answers for so much at once. */
const MAX_WIDTH_MS = 10 * DAY_MS;
/** Shorter parts would spend requests on nothing. */
const MIN_WIDTH_MS = 15 * MINUTE_MS;
/** What an interruption may cost at most, as a rule: four pages of Microsoft Graph. */
const ROWS_OF_PART = 20_000;
/** Of all the time, the first part is that small: nobody knows yet how many rows it holds. */
const SHARE_OF_FIRST = 1 / 16;
/** A part is wider than the one before it by that at most. */
const MAX_GROWTH = 8;

/** How wide the first part is, in milliseconds. */
export function firstWidth({ start, end }: TimeRange): number {
  return bounded((end - start) * SHARE_OF_FIRST);
}

/** How wide the next part is after one that was so wide and had so many rows. */
export function nextWidth(widthMs: number, rows: number): number {
  return bounded(widthMs * Math.min(MAX_GROWTH, ROWS_OF_PART / Math.max(rows, 1)));
}

/** The newest part of the time that is not searched yet; undefined where all is. */
export function nextPart({ start, end }: TimeRange, widthMs: number): TimeRange | undefined {
  if (end <= start) return undefined;
  const from = Math.max(start, end - widthMs);
  // A rest that is shorter than a part could be goes with it.
  return { start: from - start < MIN_WIDTH_MS ? start : from, end };
}

function bounded(widthMs: number): number {
  return Math.round(Math.min(MAX_WIDTH_MS - MIN_WIDTH_MS, Math.max(MIN_WIDTH_MS, widthMs)));
}
