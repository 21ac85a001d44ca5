import { settledBefore, highWatermark, type Progress, type SetAside, type TimeRange } from '../model/progress.js';

/** Clocks of one service, and the dates of its answers, differ by less. */
export const CLOCK_TOLERANCE_MS = 15_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST_WAIT_MS = 15 * MINUTE_MS;
/** So much longer each time: 15 min, 1 h, 4 h, 16 h after it was set aside, and for the last time after 24 h. */
const GROWTH = 4;
/** What cannot be read for so long is given up, once no pass looks at it any more: it would be found out again. */
const GIVEN_UP_AFTER_MS = 24 * HOUR_MS;
/** Between two tries after that. */
const LAST_WAIT_MS = HOUR_MS;

export function setAsideIn(progress: Progress): readonly SetAside[] {
  return progress.setAside ?? [];
}

/** Sets a range aside; what it covers or touches of others becomes one with it. */
export function setAside(progress: Progress, range: TimeRange, nowMs: number): Progress {
  const added: SetAside = { ...range, sinceMs: nowMs, nextTryMs: nowMs + FIRST_WAIT_MS };
  const touches = (one: TimeRange) => one.start <= range.end && one.end >= range.start;
  const joined = setAsideIn(progress)
    .filter(touches)
    .reduce(
      (whole, one) => ({
        ...whole,
        start: Math.min(whole.start, one.start),
        end: Math.max(whole.end, one.end),
        sinceMs: Math.min(whole.sinceMs, one.sinceMs),
      }),
      added,
    );
  return withSetAside(progress, [...setAsideIn(progress).filter((one) => !touches(one)), joined]);
}

/** A range was tried again in vain, and only `left` of it cannot be read. */
export function stillSetAside(
  progress: Progress,
  tried: SetAside,
  left: readonly TimeRange[],
  nowMs: number,
): Progress {
  const waitMs = Math.max(FIRST_WAIT_MS, (nowMs - tried.sinceMs) * (GROWTH - 1));
  const lastTryMs = Math.max(tried.sinceMs + GIVEN_UP_AFTER_MS, nowMs + LAST_WAIT_MS);
  const nextTryMs = Math.min(nowMs + waitMs, lastTryMs);
  const others = setAsideIn(progress).filter((one) => one !== tried);
  return withSetAside(progress, [...others, ...left.map((range) => ({ ...range, sinceMs: tried.sinceMs, nextTryMs }))]);
}

/** Whether a range that cannot be read has been tried for long enough. */
export function isGivenUp({ sinceMs, end }: SetAside, progress: Progress, nowMs: number): boolean {
  return nowMs - sinceMs >= GIVEN_UP_AFTER_MS && end < settledBefore(progress);
}

/** The range that is to be tried again first. */
export function nextSetAside(progress: Progress): SetAside | undefined {
  return setAsideIn(progress).reduce<SetAside | undefined>(
    (first, one) => (first === undefined || one.nextTryMs < first.nextTryMs ? one : first),
    undefined,
  );
}

/** The pieces of a range that can be read, oldest first. */
export function readablePieces(range: TimeRange, progress: Progress): TimeRange[] {
  const pieces: TimeRange[] = [];
  let { start } = range;
  for (const hole of setAsideIn(progress)) {
    if (hole.end <= start || hole.start >= range.end) continue;
    if (hole.start > start) pieces.push({ start, end: hole.start });
    start = hole.end;
  }
  if (start < range.end) pieces.push({ start, end: range.end });
  return pieces;
}

/** Whether the time just before a range cannot be read: a query that begins earlier than the range would fail. */
export function followsSetAside({ start }: TimeRange, progress: Progress): boolean {
  return setAsideIn(progress).some(({ end }) => end === start);
}

/** Time can only be set aside where the time around it has been read: what else is said to be would never be read. */
export function withinReadTime(progress: Progress): Progress {
  const readBefore = highWatermark(progress);
  const all = setAsideIn(progress);
  if (all.every(({ start, end }) => start < end && end <= readBefore)) return progress;
  const within = all.map((one) => ({ ...one, end: Math.min(one.end, readBefore) }));
  return withSetAside(
    progress,
    within.filter(({ start, end }) => start < end),
  );
}

/** No try can be due later than this by any rule: a clock that was wrong has put it off. */
export function triedWithinADay(progress: Progress, nowMs: number): Progress {
  const isSound = ({ sinceMs, nextTryMs }: SetAside) =>
    sinceMs <= nowMs + CLOCK_TOLERANCE_MS && nextTryMs <= nowMs + GIVEN_UP_AFTER_MS + CLOCK_TOLERANCE_MS;
  const all = setAsideIn(progress);
  if (all.every(isSound)) return progress;
  const soon = (one: SetAside): SetAside =>
    isSound(one) ? one : { ...one, sinceMs: Math.min(one.sinceMs, nowMs), nextTryMs: nowMs + FIRST_WAIT_MS };
  return withSetAside(progress, all.map(soon));
}

function withSetAside(before: Progress, ranges: readonly SetAside[]): Progress {
  const progress = { ...before };
  delete progress.setAside;
  return ranges.length === 0
    ? progress
    : { ...progress, setAside: [...ranges].sort((one, other) => one.start - other.start) };
}
