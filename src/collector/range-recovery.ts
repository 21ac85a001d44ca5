import { advance, highWatermark, type Progress, type SetAside, type TimeRange } from '../model/progress.js';
import { halve, isSmallest } from './spans.js';
import { OutOfReachError, RangeRefusedError, UnavailableError } from '../model/errors.js';
import type { Clock, Page, ReadOptions, Source } from '../model/ports.js';
import type { Ledger } from './ledger.js';
import type { ReadStep } from './planner.js';
import type { Reporter } from './reporter.js';
import type { Schedule } from '../model/schedule.js';
import { isGivenUp, readablePieces, setAside, stillSetAside } from './set-aside.js';

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

export interface RecoveryParts {
  readonly source: Source;
  readonly ledger: Ledger;
  readonly schedule: Schedule;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Reads a range, delivers its rows and moves the watermarks. */
  readonly read: (step: ReadStep, options: ReadOptions, signal: AbortSignal) => Promise<void>;
  /** Delivers the rows of a page. */
  readonly take: (page: Page, signal: AbortSignal) => Promise<void>;
  readonly save: (change: (progress: Progress) => Progress, signal: AbortSignal) => Promise<void>;
}

const SECOND_MS = 1_000;
/** Far enough from a range for a question that has nothing to do with it. */
const ELSEWHERE_MS = 60_000;
const ELSEWHERE_TRIES = 3;
const MAX_PLACES_LOOKED_AT = 10;
/** Time near the end of what the service keeps may be refused for that. */
const HISTORY_MARGIN_MS = 3_600_000;
const ONCE: ReadOptions = { tries: 1 };

/**
 * Reads what can be read of a range that fails. Whether the range is at fault is found out by a question about
 * unrelated time: a service that refuses that as well is disturbed, and nothing is concluded about the range.
 */
export class RangeRecovery {
  readonly #parts: RecoveryParts;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /**
   * Reads the range in parts and sets aside what cannot be read. False where the service is at fault, or has failed
   * meanwhile.
   * @throws what is neither about the range nor about the service
   */
  async examine(error: Error, step: ReadStep, signal: AbortSignal): Promise<boolean> {
    const { clock, ledger, schedule, reporter, read, save } = this.#parts;
    const serviceResponses = () => this.#respondsElsewhere(step.range, signal);
    if (!(await serviceResponses())) return false;
    reporter.narrowing(error, step.range);
    const readBefore = highWatermark(ledger.progress);
    const isPartlyNew = readBefore > step.range.start && readBefore < step.range.end;
    const narrowed = await narrow(step.range, {
      splitAt: isPartlyNew ? readBefore : undefined,
      read: (range, thorough) => errorOf(() => read({ ...step, range }, thorough ? {} : ONCE, signal)),
      onUnreadable: async (part, httpError) => {
        reporter.setAside(httpError, part);
        const now = clock.now();
        await save((progress) => advance(setAside(progress, part, now), part, now, schedule), signal);
      },
      serviceResponses,
      signal,
    });
    // What was too much at once must not be asked for again as it was.
    if (narrowed === 'readable') await save((progress) => halve(progress, step.range, step.fresh), signal);
    return narrowed !== 'unknown';
  }

  /** Tries time once more that was set aside, and gives it up in the end. @throws like `examine` */
  async retry(aside: SetAside, signal: AbortSignal): Promise<void> {
    const { clock, source, reporter, take, save } = this.#parts;
    const left: { readonly part: TimeRange; readonly httpError: Error }[] = [];
    const readPages = async (part: TimeRange, options: ReadOptions): Promise<void> => {
      for await (const page of source.pages(part, signal, options)) await take(page, signal);
    };
    const narrowed = await narrow(aside, {
      read: (part, thorough) => errorOf(() => readPages(part, thorough ? { exact: true } : ONCE)),
      onUnreadable: (part, httpError) => Promise.resolve(void left.push({ part, httpError })),
      serviceResponses: () => this.#respondsElsewhere(aside, signal),
      signal,
    });
    if (signal.aborted) return;
    const now = clock.now();
    const isOver = narrowed === 'unreadable' && isGivenUp(aside, this.#parts.ledger.progress, now);
    const stillAside = narrowed === 'unknown' ? [aside] : left.map(({ part }) => part);
    if (isOver) for (const { part, httpError } of left) reporter.gap(part, httpError);
    if (stillAside.length === 0) reporter.readable(aside);
    await save((progress) => stillSetAside(progress, aside, isOver ? [] : stillAside, now), signal);
  }

  /** Whether the service answers a question about a second that has nothing to do with the range. */
  async #respondsElsewhere(range: TimeRange, signal: AbortSignal): Promise<boolean> {
    const second = this.#secondElsewhere(range);
    if (second === undefined) return true;
    const { source } = this.#parts;
    // To its end: a service whose first pages are good and whose links lead nowhere answers nothing.
    const ask = async () => {
      const pages = source.pages(second, signal, { tries: ELSEWHERE_TRIES });
      while ((await pages.next()).done !== true) signal.throwIfAborted();
    };
    return (await errorOf(ask)) === undefined;
  }

  /** Undefined where there is none that could be asked for. */
  #secondElsewhere({ start, end }: TimeRange): TimeRange | undefined {
    const { source, ledger, clock } = this.#parts;
    const { progress } = ledger;
    const historyMs = progress.historyMs ?? source.limits.historyMs ?? Infinity;
    const places = Array.from({ length: MAX_PLACES_LOOKED_AT }, (_, index) => (index + 1) * ELSEWHERE_MS);
    return [...places.map((ms) => start - ms), ...places.map((ms) => end + ms)]
      .map((at) => ({ start: at, end: at + SECOND_MS }))
      .find(
        (second) =>
          second.start > clock.now() - historyMs + HISTORY_MARGIN_MS &&
          second.end < clock.now() - (source.limits.behindMs ?? 0) &&
          readablePieces(second, progress).length === 1,
      );
  }
}

/** How reading failed, where the range or the service may be at fault. @throws everything else */
async function errorOf(action: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof RangeRefusedError || error instanceof OutOfReachError || error instanceof UnavailableError)
      return error;
    throw error;
  }
}
