import { DateTime } from 'luxon';
import type { Clock, CollectorLog, Monitor } from './contracts.js';
import { sentenceOn, type OutOfReachError, type RangeRefusedError } from '../errors.js';
import { frontier, readOnceBefore, type Progress, type TimeRange } from './progress.js';

const reportEveryMs = 60_000;

/** Tells the operator, in sentences with times, what only the collector knows. */
export class Reporter {
  readonly #parts: { readonly clock: Clock; readonly monitor: Monitor; readonly log: CollectorLog };
  #reportedAt = -Infinity;
  #toldOfTime = false;
  /** And has said so. */
  #isCatchingUp = false;
  #rowsSinceReport = 0;

  constructor(parts: { readonly clock: Clock; readonly monitor: Monitor; readonly log: CollectorLog }) {
    this.#parts = parts;
  }

  starting(progress: Progress, isFirstStart: boolean): void {
    const from = inWords(readOnceBefore(progress));
    this.#parts.log.info(
      isFirstStart
        ? `First start: reading messages received from ${from} on.`
        : `Continuing: everything received before ${from} has been read.`,
    );
  }

  gap(range: TimeRange): void {
    this.#parts.monitor.gap(range);
    this.#parts.log.error(
      `Messages received from ${inWords(range.start)} to ${inWords(range.end)} can no longer be had: Microsoft keeps no message trace that old. ` +
        'If they matter, search them in the Exchange admin centre; collecting goes on after them. [MT-GAP]',
    );
  }

  refused(error: RangeRefusedError | OutOfReachError, range: TimeRange): void {
    const next = `The range from ${inWords(range.start)} to ${inWords(range.end)} will be read again in smaller parts.`;
    this.#parts.log.warning(sentenceOn(error, next));
  }

  /** A range as small as can be that is refused: nobody but a person can do anything about it. */
  stuck(error: RangeRefusedError | OutOfReachError, range: TimeRange): void {
    const next = `The second from ${inWords(range.start)} on cannot be read; it is tried again every minute, and given up after an hour; fresh mail is read meanwhile. Please report it with this line.`;
    this.#parts.log.error(sentenceOn(error, next));
  }

  /** Once in the life of a process: nothing can be done about it. */
  aheadOfTime(until: number): void {
    if (this.#toldOfTime) return;
    this.#toldOfTime = true;
    this.#parts.log.warning(
      `Microsoft's clock has gone back: by what it said before, everything received before ${inWords(until)} has been read. Nothing is lost; until then new messages are looked for in time that was read.`,
    );
  }

  /** Once a minute while there is a backlog behind the fresh mail, and once it has been read. */
  catchingUp(progress: Progress, rows: number): void {
    const readUpTo = inWords(readOnceBefore(progress));
    this.#rowsSinceReport += rows;
    if (progress.ahead === undefined) {
      if (this.#isCatchingUp) this.#parts.log.info(`Caught up: everything received before ${readUpTo} has been read.`);
      this.#isCatchingUp = false;
      return;
    }
    const now = this.#parts.clock.now();
    if (now - this.#reportedAt < reportEveryMs) return;
    const hoursLeft = (frontier(progress) - readOnceBefore(progress)) / 3_600_000;
    this.#parts.log.info(
      `Catching up: read up to ${readUpTo}, ${hoursLeft.toFixed(1)} hours to go; rows read since the last report: ${this.#rowsSinceReport}. Fresh messages go first.`,
    );
    this.#isCatchingUp = true;
    this.#reportedAt = now;
    this.#rowsSinceReport = 0;
  }
}

function inWords(timeMs: number): string {
  return DateTime.fromMillis(timeMs, { zone: 'utc' }).toFormat("yyyy-MM-dd HH:mm:ss 'UTC'");
}
