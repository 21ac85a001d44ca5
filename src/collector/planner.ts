import {
  settledBefore,
  highWatermark,
  wholeSecond,
  watermarkOf,
  type Progress,
  type SetAside,
  type TimeRange,
} from '../model/progress.js';
import { ageOf, stretchUntilDue, type Schedule } from '../model/schedule.js';
import type { SourceLimits } from '../model/ports.js';
import { nextSetAside, setAsideIn } from './set-aside.js';
import { freshSpanOf, spanOf } from './spans.js';

export type Step =
  /** Read this range next; `fresh` is the newest time, which everything else gives way to. */
  | { readonly kind: 'read'; readonly pass: number; readonly fresh: boolean; readonly range: TimeRange }
  /**
   * The service no longer returns any time before the end. The range is the part of it that was never read. It is empty
   * if only later passes are behind.
   */
  | { readonly kind: 'gap'; readonly range: TimeRange }
  /** Time that was set aside is to be tried again: nothing else is due. */
  | { readonly kind: 'retry'; readonly setAside: SetAside }
  /** Nothing is due before this instant. */
  | { readonly kind: 'wait'; readonly until: number };

export type ReadStep = Extract<Step, { kind: 'read' }>;

/**
 * What a step may be taken from: fresh mail and old time take turns when both are due, so that neither starves the
 * other. `caught-up`: fresh first, and what came while a backlog was read does not wait for the next poll.
 */
export type Priority = 'fresh-first' | 'old-first' | 'fresh-only' | 'caught-up';

/** A backlog that took less than this part of a poll makes no poll earlier: a busy tenant has one every minute. */
const EARLY_POLL_PART = 20;

/**
 * The next step: a pure function of how far reading has come and what time it is.
 * Fresh mail goes first; then the hole that a backlog left before it; then the passes in the order of their age.
 * @param certainMs the present at the least: no time is given up as too old by a clock that is ahead
 */
export function plan(
  progress: Progress,
  nowMs: number,
  schedule: Schedule,
  limits: SourceLimits,
  turn: Priority,
  certainMs = nowMs,
): Step {
  const { behindMs = 0 } = limits;
  const gap = findGap(progress, wholeSecond(certainMs - behindMs));
  if (gap !== undefined) return { kind: 'gap', range: gap };
  const step = planFor(progress, wholeSecond(nowMs - behindMs), schedule, limits, turn);
  return step.kind === 'wait' ? { ...step, until: step.until + behindMs } : step;
}

function planFor(progress: Progress, now: number, schedule: Schedule, limits: SourceLimits, turn: Priority): Step {
  const dueAfterMs = turn === 'caught-up' ? schedule.frequencyMs / EARLY_POLL_PART : schedule.frequencyMs;
  const fresh = planFresh(progress, now, schedule, limits, dueAfterMs);
  if (turn === 'fresh-only') return fresh;
  const old = planOld(progress, now, schedule, limits);
  const [first, second] = turn === 'old-first' ? [old, fresh] : [fresh, old];
  if (first.kind === 'read') return first;
  if (second.kind === 'read') return second;
  const until = Math.min(first.until, second.until);
  const setAside = nextSetAside(progress);
  if (setAside === undefined || setAside.nextTryMs > until) return { kind: 'wait', until };
  return setAside.nextTryMs <= now ? { kind: 'retry', setAside } : { kind: 'wait', until: setAside.nextTryMs };
}

type ReadOrWait = Extract<Step, { kind: 'read' | 'wait' }>;

/**
 * Pass 0 reads everything since its last reading and reaches back over time that is read already, as far as the rest of
 * a page holds it: the request costs the same, rows that came late and statuses that changed meanwhile are found at
 * once, and the passes whose watermarks it reaches need no requests of their own. So in a quiet tenant every poll looks
 * at all time that may still change. If there is more to read than a few pages it reads the newest stretch only: what
 * it leaves is a hole that `planOld` fills.
 */
function planFresh(
  progress: Progress,
  now: number,
  schedule: Schedule,
  limits: SourceLimits,
  dueAfterMs: number,
): ReadOrWait {
  const age = ageOf(schedule, 0);
  const end = now - age;
  const reached = highWatermark(progress);
  if (end - reached < dueAfterMs) return { kind: 'wait', until: reached + age + schedule.frequencyMs };
  const span = freshSpanOf(progress, schedule.frequencyMs, limits);
  const start =
    end - reached <= span
      ? Math.max(reachLimit(progress, reached), Math.min(reached, end - progress.lookbackMs))
      : end - Math.min(span, Math.max(schedule.frequencyMs, progress.lookbackMs));
  return { kind: 'read', pass: 0, fresh: true, range: { start: Math.max(start, end - limits.rangeMs), end } };
}

/**
 * Reaching back ends where all passes have been, and at time that was set aside: going round it would cost a request a
 * poll.
 */
function reachLimit(progress: Progress, reached: number): number {
  const holes = setAsideIn(progress).filter(({ end }) => end <= reached);
  return Math.max(settledBefore(progress), ...holes.map(({ end }) => end));
}

/**
 * The hole behind what was read ahead, oldest first, and then the lowest pass that is due. After an outage the older
 * passes have the same time to read: then the oldest of them goes first, since its reading counts for all the younger
 * ones.
 */
function planOld(progress: Progress, now: number, schedule: Schedule, limits: SourceLimits): ReadOrWait {
  const span = spanOf(progress, limits);
  const read = (pass: number, readable: number): ReadOrWait => {
    const start = watermarkOf(progress, pass);
    return { kind: 'read', pass, fresh: false, range: { start, end: Math.min(start + span, readable) } };
  };
  if (progress.ahead !== undefined) {
    const readable = Math.min(progress.ahead.start, now - ageOf(schedule, 0));
    // A hole that reaches beyond the present is one that a wrong clock has left.
    return readable > watermarkOf(progress, 0)
      ? read(0, readable)
      : { kind: 'wait', until: watermarkOf(progress, 0) + ageOf(schedule, 0) + 1000 };
  }
  const later = [...schedule.ages.keys()].slice(1);
  const dueAt = (pass: number) => watermarkOf(progress, pass) + stretchUntilDue(schedule, pass) + ageOf(schedule, pass);
  const due = later.filter((pass) => dueAt(pass) <= now);
  const [lowest] = due;
  if (lowest === undefined) return { kind: 'wait', until: Math.min(...later.map(dueAt)) };
  const readable = (pass: number) => now - ageOf(schedule, pass);
  const countsForLowest = due.findLast((pass) => readable(pass) > watermarkOf(progress, lowest)) ?? lowest;
  return read(countsForLowest, readable(countsForLowest));
}

/**
 * Time that slips out of reach while it is being asked for would be refused again and again. So a gap begins this long
 * before that, and gives up as much again: the gap that was reported is the whole gap.
 */
const historyMarginMs = 300_000;

function findGap(progress: Progress, now: number): TimeRange | undefined {
  const { historyMs = Infinity } = progress;
  const oldest = now - historyMs + historyMarginMs;
  if (settledBefore(progress) >= oldest) return undefined;
  const read = watermarkOf(progress, 0);
  const firstReadAgain = read < oldest ? progress.ahead?.start : read;
  const end = Math.min(oldest + historyMarginMs, firstReadAgain ?? Infinity);
  return { start: Math.min(read, end), end };
}
