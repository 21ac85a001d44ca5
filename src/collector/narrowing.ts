import type { TimeRange } from './progress.js';
import { isSmallest } from './spans.js';

/** Failed parts after which what still fails is left as it is: the cost of the search is bounded. */
const MAX_FAILED_PARTS = 64;
/** So many failures in a row may as well mean that the service has gone. */
const CONFIRM_AFTER = 6;

export interface NarrowingOptions {
  /** Reads a part; undefined where it succeeded. `thorough`: a passing failure is tried again first. */
  readonly read: (part: TimeRange, thorough: boolean) => Promise<Error | undefined>;
  /** Called with each part that cannot be read, after all parts before it. */
  readonly onUnreadable: (part: TimeRange, error: Error) => Promise<void>;
  /** Whether the service answers at all: reads time that has nothing to do with the range. */
  readonly serviceAnswers: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * - `readable`: every part could be read: the whole was too much at once, or the failure has passed.
 * - `unreadable`: `onUnreadable` was called with what cannot be read; all else was read.
 * - `unknown`: the service stopped answering meanwhile, or the signal was aborted.
 */
export type Narrowed = 'readable' | 'unreadable' | 'unknown';

/** Reads a range that failed as a whole in parts, oldest first, and finds those that cannot be read, down to a second. */
export async function narrow(range: TimeRange, options: NarrowingOptions): Promise<Narrowed> {
  const { read, onUnreadable, serviceAnswers, signal } = options;
  let narrowed: Narrowed = 'readable';
  const pending = halves(range);
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
    if ((isLast || failedInARow % CONFIRM_AFTER === 0) && !(await serviceAnswers())) return 'unknown';
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
  if (isSmallest({ start, end })) return [{ start, end }];
  const middle = start + Math.ceil((end - start) / 2_000) * 1_000;
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}
