import type { Progress, TimeRange } from '../model/progress.js';

/**
 * How much time a range covers follows from how many rows time holds, so that the cost of catching up grows with
 * messages and not with time. All values in milliseconds and rows.
 */

/**
 * A range of old time aims at this many pages: few enough to lose little when it fails, many enough that its last,
 * partly filled page is cheap.
 */
const pagesPerRange = 20;
/**
 * How much of a page a fresh range fills by reaching back. The rest is room for mail that comes faster than it came so
 * far.
 */
const shareOfReach = 0.8;
const smallestSpanMs = 1000;
const firstSpanMs = 3_600_000;
/** How fast a span may grow from one range to the next: time that was empty says little about the time beside it. */
const growth = 4;

/** How much old time the next range may cover. */
export function spanOf(progress: Progress, limits: { readonly pageRows: number; readonly rangeMs: number }): number {
  const span = progress.spanMs ?? Math.min(firstSpanMs, timeOfPages(pagesPerRange, progress));
  return wholeSeconds(Math.min(span, limits.rangeMs));
}

/**
 * How much time a fresh range may cover before it leaves a hole to be filled behind it: two pages or two polls,
 * whichever is more, but never more than a range of old time.
 */
export function freshSpanOf(progress: Progress, frequencyMs: number, limits: { readonly rangeMs: number }): number {
  const { freshSpanMs = Infinity } = progress;
  const span = Math.min(Math.max(2 * frequencyMs, timeOfPages(2, progress)), timeOfPages(pagesPerRange, progress));
  return Math.min(span, freshSpanMs, limits.rangeMs);
}

/** The estimates after a range was read completely and held `rows` rows. */
export function adapt(
  progress: Progress,
  read: { readonly range: TimeRange; readonly rows: number; readonly fresh: boolean },
  limits: { readonly pageRows: number; readonly rangeMs: number },
): Progress {
  const widthMs = read.range.end - read.range.start;
  const timeOf = (rows: number) => (read.rows === 0 ? Infinity : (widthMs / read.rows) * rows);
  if (read.fresh) {
    const lookbackMs = Math.min(timeOf(limits.pageRows * shareOfReach), widthMs * growth);
    return { ...regrow(progress, widthMs), lookbackMs: bounded(lookbackMs, limits.rangeMs) };
  }
  const span = spanOf(progress, limits);
  const ideal = timeOf(limits.pageRows * pagesPerRange);
  // A range that was shorter than the span for another reason (the present, a hole's end) may shrink it but says too
  // little to let it grow.
  const next = widthMs >= span ? Math.min(ideal, span * growth) : Math.min(ideal, span);
  return { ...progress, spanMs: bounded(next, limits.rangeMs) };
}

/**
 * A range that failed in its middle is read again in halves. Old time that is hard to read does not narrow the reading
 * of fresh mail.
 */
export function halve(progress: Progress, range: TimeRange, fresh: boolean): Progress {
  const half = bounded((range.end - range.start) / 2, Infinity);
  if (!fresh) return { ...progress, spanMs: half };
  return { ...progress, freshSpanMs: half, lookbackMs: Math.min(progress.lookbackMs, half) };
}

/**
 * A bound that a failure has put on fresh ranges is loosened by each that succeeds, and gone once it has not bound the
 * last one.
 */
function regrow({ freshSpanMs, ...progress }: Progress, widthMs: number): Progress {
  if (freshSpanMs === undefined || widthMs < freshSpanMs) return progress;
  return { ...progress, freshSpanMs: widthMs * growth };
}

export function isSmallest(range: TimeRange): boolean {
  return range.end - range.start <= smallestSpanMs;
}

/** By what fresh ranges say of how many rows time holds at present. */
function timeOfPages(pages: number, { lookbackMs }: Progress): number {
  return wholeSeconds((lookbackMs / shareOfReach) * pages);
}

function bounded(durationMs: number, maxMs: number): number {
  return wholeSeconds(Math.max(smallestSpanMs, Math.min(durationMs, maxMs)));
}

function wholeSeconds(durationMs: number): number {
  return Math.ceil(durationMs / 1000) * 1000;
}
