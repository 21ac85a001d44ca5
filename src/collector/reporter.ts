import type { Clock, CollectorLog, Monitor } from './contracts.js';
import { inWords } from './in-words.js';
import { settledBefore, highWatermark, lowWatermark, type Progress, type TimeRange } from './progress.js';

const reportEveryMs = 60_000;

/** Tells the operator, in sentences with times, what only the collector knows. */
export class Reporter {
  readonly #parts: { readonly clock: Clock; readonly monitor: Monitor; readonly log: CollectorLog };
  #reportedAt = -Infinity;
  #longRangeAt = -Infinity;
  /** And has said so. */
  #isCatchingUp = false;
  #rowsSinceReport = 0;

  constructor(parts: { readonly clock: Clock; readonly monitor: Monitor; readonly log: CollectorLog }) {
    this.#parts = parts;
  }

  starting(progress: Progress, isFirstStart: boolean): void {
    const from = inWords(lowWatermark(progress));
    this.#parts.log.info(
      isFirstStart
        ? `First start: reading messages received from ${from} on.`
        : `Continuing: everything received before ${from} has been read.`,
    );
  }

  /** @param httpError why the time could not be read; by default because it is too old */
  gap(range: TimeRange, httpError?: Error): void {
    this.#parts.monitor.gap(range);
    const reason =
      httpError === undefined
        ? 'can no longer be had: Microsoft keeps no message trace that old.'
        : `could not be read for a day and are given up: ${httpError.message}`;
    this.#parts.log.error(
      `Messages received from ${inWords(range.start)} to ${inWords(range.end)} ${reason} ` +
        'If they matter, search them in the Exchange admin centre; collecting goes on after them. [MT-GAP]',
    );
  }

  /** A range failed although the service answers other questions. */
  narrowing(error: Error, { start, end }: TimeRange): void {
    this.#parts.log.warning(
      `${error.message} Microsoft answers for other times, so the cause lies between ${inWords(start)} and ${inWords(end)}: that range is now read in smaller parts. No data is lost. [MT-RANGE-REFUSED]`,
    );
  }

  setAside(error: Error, { start, end }: TimeRange): void {
    this.#parts.log.error(
      `Messages received from ${inWords(start)} to ${inWords(end)} cannot be read: ${error.message} All other times are read and delivered as usual. These are tried again after 15 minutes, then ever more rarely, and given up after a day. If this lasts, report this line to Microsoft's support. [MT-SET-ASIDE]`,
    );
  }

  /** Time that was set aside can be read after all. */
  readable({ start, end }: TimeRange): void {
    this.#parts.log.info(
      `Messages received from ${inWords(start)} to ${inWords(end)} can be read again, and were delivered.`,
    );
  }

  /** Once a minute while one range is being read: it can have more pages than any that is planned. */
  longRange({ start, end }: TimeRange, sinceMs: number, { pages, rows }: { pages: number; rows: number }): void {
    const now = this.#parts.clock.now();
    if (now - Math.max(sinceMs, this.#longRangeAt) < reportEveryMs) return;
    this.#longRangeAt = now;
    const minutes = Math.floor((now - sinceMs) / 60_000);
    this.#parts.log.info(
      `Messages received from ${inWords(start)} to ${inWords(end)} have been read for ${minutes} min: ${pages} pages, ${rows} rows so far. Their rows are delivered page by page.`,
    );
  }

  /** What was stored cannot be true: it names time that had not come, or was written by a clock that was ahead. */
  disproved(stored: Progress, believed: Progress): void {
    this.#parts.log.warning(
      `The stored progress says that everything received before ${inWords(highWatermark(stored))} has been read, which the clocks disprove. Everything received since ${inWords(settledBefore(believed))} is read again: no data is lost, and what was delivered is not repeated. Check the clocks of this machine and of proxies on the way, and that nothing else writes context.json. [MT-CLOCK]`,
    );
  }

  /** Once a minute while there is a backlog behind the fresh mail, and once it has been read. */
  catchingUp(progress: Progress, rows: number): void {
    const readUpTo = inWords(lowWatermark(progress));
    this.#rowsSinceReport += rows;
    if (progress.ahead === undefined) {
      if (this.#isCatchingUp) this.#parts.log.info(`Caught up: everything received before ${readUpTo} has been read.`);
      this.#isCatchingUp = false;
      return;
    }
    const now = this.#parts.clock.now();
    if (now - this.#reportedAt < reportEveryMs) return;
    const hoursLeft = (highWatermark(progress) - lowWatermark(progress)) / 3_600_000;
    this.#parts.log.info(
      `Catching up: read up to ${readUpTo}, ${hoursLeft.toFixed(1)} hours to go; rows read since the last report: ${this.#rowsSinceReport}. Fresh messages go first.`,
    );
    this.#isCatchingUp = true;
    this.#reportedAt = now;
    this.#rowsSinceReport = 0;
  }
}
