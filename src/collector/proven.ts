import { wholeSecond, type Progress } from './progress.js';
import { ageOf, type Schedule } from './schedule.js';
import { CLOCK_TOLERANCE_MS, triedWithinADay, withinReadTime } from './set-aside.js';

/** What is known of stored progress besides itself. Times in ms since 1970, by Microsoft's time as far as it is known now. */
export interface Evidence {
  readonly nowMs: number;
  /** When it was stored: nothing can have been read later. */
  readonly storedMs: number;
  /** Whether the clock that it was stored by was ahead of what is known now. */
  readonly wasAhead: boolean;
  /** The watermarks from before that clock was doubtful; undefined where they are not known. */
  readonly sure: readonly number[] | undefined;
  /** Where the fingerprints of everything delivered begin; undefined where there are none. */
  readonly knownFromMs: number | undefined;
  /** Where reading begins again if nothing better is known. */
  readonly rereadFromMs: number;
}

/**
 * The progress without what cannot be true: time that was read before it came, or by a clock that was ahead. Such time is read again,
 * as far back as fingerprints tell what was delivered. The same object where nothing is wrong.
 */
export function proven(progress: Progress, schedule: Schedule, evidence: Evidence): Progress {
  return triedWithinADay(withinReadTime(withoutDisproved(progress, schedule, evidence)), evidence.nowMs);
}

function withoutDisproved(progress: Progress, schedule: Schedule, evidence: Evidence): Progress {
  const { nowMs, storedMs, wasAhead, sure, rereadFromMs } = evidence;
  // A first start has the same watermark for every pass: only the age of the first one is certain.
  const latest = Math.min(nowMs, storedMs) + CLOCK_TOLERANCE_MS - ageOf(schedule, 0);
  if (wasAhead && sure !== undefined) return reread(progress, sure, evidence);
  if (wasAhead || progress.watermarks.some((watermark) => watermark > latest))
    return reread(
      progress,
      progress.watermarks.map(() => rereadFromMs),
      evidence,
    );
  return progress.ahead !== undefined && progress.ahead.end > latest ? withoutAhead(progress) : progress;
}

function reread(progress: Progress, from: readonly number[], { knownFromMs = -Infinity, nowMs }: Evidence): Progress {
  const watermarks = progress.watermarks.map((watermark, pass) =>
    // Before the fingerprints begin, reading again would repeat.
    wholeSecond(Math.min(watermark, Math.max(from[pass] ?? watermark, Math.min(knownFromMs, nowMs)))),
  );
  return withoutAhead({ ...progress, watermarks });
}

function withoutAhead(before: Progress): Progress {
  const progress = { ...before };
  delete progress.ahead;
  return progress;
}
