import { ageOf, type Schedule } from './schedule.js';

/**
 * A half-open interval [start, end) of the time at which Exchange received the message, in milliseconds since 1970;
 * whole seconds.
 */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Time that the service refuses although it answers the time around it, such as a second with a row that it cannot read
 * itself. Everything else is read without it, and it is tried again rarely. Times in ms since 1970.
 */
export interface SetAside extends TimeRange {
  readonly sinceMs: number;
  readonly nextTryMs: number;
}

/**
 * How far reading has come: all that the planner needs, and the part of the ledger that is not fingerprints.
 * Values are replaced, never changed in place.
 */
export interface Progress {
  /**
   * By pass: all time before it has been read at that pass's age or older. Never moves back; never grows from one pass
   * to the next.
   */
  readonly watermarks: readonly number[];
  /** A stretch that pass 0 has read ahead of its watermark, so that fresh mail does not wait for a backlog. */
  readonly ahead?: TimeRange;
  /**
   * How much time a page that is not quite full holds at present, in milliseconds: how far a fresh range may reach back
   * for nothing.
   */
  readonly lookbackMs: number;
  /** How much old time the next range may cover, in milliseconds; undefined before the first one. */
  readonly spanMs?: number;
  /**
   * The most time that a fresh range may cover, in milliseconds, after one that was wider has failed; until it has
   * proved itself.
   */
  readonly freshSpanMs?: number;
  /** How far back the service can be asked, in milliseconds, learned from its refusal. */
  readonly historyMs?: number;
  /** Time that the service refuses although it answers the time around it, oldest first. */
  readonly setAside?: readonly SetAside[];
}

/** A first start: everything from `from` on is still to be read. */
export function begin(from: number, schedule: Schedule): Progress {
  return {
    watermarks: schedule.ages.map(() => from),
    lookbackMs: (schedule.ages[1] ?? 0) + schedule.frequencyMs,
  };
}

/** The time before which everything has been read at least once. */
export function lowWatermark(progress: Progress): number {
  return watermarkOf(progress, 0);
}

/** The newest time that has been read, with or without a hole before it. */
export function highWatermark(progress: Progress): number {
  return progress.ahead?.end ?? watermarkOf(progress, 0);
}

/** Whether this instant has been read at least once. */
export function wasRead(progress: Progress, timeMs: number): boolean {
  const { ahead } = progress;
  return timeMs < watermarkOf(progress, 0) || (ahead !== undefined && timeMs >= ahead.start && timeMs < ahead.end);
}

/** The time before which no row is ever read again. */
export function settledBefore(progress: Progress): number {
  return Math.min(...progress.watermarks);
}

export function watermarkOf(progress: Progress, pass: number): number {
  const watermark = progress.watermarks[pass];
  if (watermark === undefined) throw new RangeError(`there is no watermark of pass ${pass}`);
  return watermark;
}

/**
 * What a range that was read completely, from the instant `readAt` on, means for the watermarks: every pass that had
 * come at least to its start moves to its end, or to the time that was as old as the pass when it was read. So reading
 * old time counts for all passes at once.
 */
export function advance(progress: Progress, range: TimeRange, readAt: number, schedule: Schedule): Progress {
  const reached = (pass: number) => Math.min(range.end, wholeSecond(readAt) - ageOf(schedule, pass));
  const watermarks = progress.watermarks.map((watermark, pass) =>
    watermark >= range.start ? Math.max(watermark, reached(pass)) : watermark,
  );
  const read = { start: range.start, end: reached(0) };
  return joinAhead({ ...progress, watermarks }, read.end > read.start ? read : undefined);
}

/** Time that Microsoft no longer returns. Every pass moves past it. The caller reports the gap. */
export function skip(progress: Progress, until: number): Progress {
  const watermarks = progress.watermarks.map((watermark) => Math.max(watermark, until));
  return joinAhead({ ...progress, watermarks }, undefined);
}

/** Keeps what has been read ahead in one piece, and lets watermark 0 pass through it as soon as it touches it. */
function joinAhead(progress: Progress, read: TimeRange | undefined): Progress {
  const { ahead: known, ...rest } = progress;
  const watermark = watermarkOf(progress, 0);
  const ahead = latestPiece(known, read !== undefined && read.start > watermark ? read : undefined);
  if (ahead === undefined || ahead.end <= watermark) return rest;
  if (ahead.start > watermark) return { ...rest, ahead };
  return { ...rest, watermarks: [ahead.end, ...rest.watermarks.slice(1)] };
}

/** Two pieces that touch are one; of two that do not, the newer is kept: the older one is simply read again. */
function latestPiece(one: TimeRange | undefined, other: TimeRange | undefined): TimeRange | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.start <= other.end && other.start <= one.end) {
    return { start: Math.min(one.start, other.start), end: Math.max(one.end, other.end) };
  }
  return one.end > other.end ? one : other;
}

/**
 * The same progress for another schedule (the settings have changed between two runs): a pass takes over the furthest
 * watermark of a pass that was at least as old; where there is none, the last watermark, as only time after it still
 * has its fingerprints. What was read ahead is read again if it was read at a younger age than pass 0 has now.
 */
export function reschedule(progress: Progress, from: Schedule, to: Schedule): Progress {
  const watermarks = to.ages.map((age) => {
    const asOld = progress.watermarks.filter((_, pass) => ageOf(from, pass) >= age);
    return asOld.length > 0 ? Math.max(...asOld) : settledBefore(progress);
  });
  const { ahead, ...rest } = progress;
  const isOldEnough = ageOf(from, 0) >= ageOf(to, 0);
  return joinAhead({ ...rest, watermarks, ...(ahead && isOldEnough && { ahead }) }, undefined);
}

/** Ranges begin and end at whole seconds: both APIs take such bounds, and one of them nothing finer. */
export function wholeSecond(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000;
}
