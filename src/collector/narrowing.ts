import type { TimeRange } from './progress.js';
import { isSmallest } from './spans.js';

/** Failed parts after which what still fails is left as it is: the cost of the search is bounded. */
const MAX_FAILED_PARTS = 64;
/** So many failures in a row may as well mean that the service has gone. */
const CONFIRM_AFTER = 6;

export interface NarrowingOptions {
  /**
   * Where the range is split first; by default in its middle. What was read before is seldom what fails now: split
   * there, a second of the last minute is found in 13 tries rather than in 34, however far the range reaches back.
   */
  readonly splitAt?: number | undefined;
  /** Reads a part; undefined where it succeeded. `thorough`: a passing failure is tried again first. */
  readonly read: (part: TimeRange, thorough: boolean) => Promise<Error | undefined>;
  /** Called with each part that cannot be read, after all parts before it. */
  readonly onUnreadable: (part: TimeRange, error: Error) => Promise<void>;
  /** Whether the service answers at all: reads time that has nothing to do with the range. */
  readonly serviceResponses: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * - `readable`: every part could be read: the whole was too much at once, or the failure has passed.
 * - `unreadable`: `onUnreadable` was called with what cannot be read; all else was read.
 * - `unknown`: the service stopped answering meanwhile, or the signal was aborted.
 */
export type Narrowed = 'readable' | 'unreadable' | 'unknown';

/**
 * Reads a range that failed as a whole in parts, oldest first, and finds those that cannot be read, down to a second.
 */
export async function narrow(range: TimeRange, options: NarrowingOptions): Promise<Narrowed> {
  const { splitAt, read, onUnreadable, serviceResponses, signal } = options;
  let narrowed: Narrowed = 'readable';
  const pending = splitAt === undefined ? halves(range) : splitRange(range, splitAt);
  let failed = 0;
  let failedInARow = 0;
  for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
    const isLast = isSmallest(part) || failed >= MAX_FAILED_PARTS;
    const error = await read(part, isLast);
    if (signal.aborted) return 'unknown';
    if (error === undefined) {
      failedInARow = 0;
      continue;
    }
    failed += 1;
    failedInARow += 1;
    if ((isLast || failedInARow % CONFIRM_AFTER === 0) && !(await serviceResponses())) return 'unknown';
    if (!isLast) {
      pending.unshift(...halves(part));
      continue;
    }
    await onUnreadable(part, error);
    narrowed = 'unreadable';
  }
  return narrowed;
}

function halves({ start, end }: TimeRange): TimeRange[] {
  return splitRange({ start, end }, start + Math.ceil((end - start) / 2_000) * 1_000);
}

/** In one piece where there is nothing on one side. */
function splitRange({ start, end }: TimeRange, at: number): TimeRange[] {
  if (at <= start || at >= end) return [{ start, end }];
  return [
    { start, end: at },
    { start: at, end },
  ];
}
