import { DateTime } from 'luxon';
import { REPORTED_RETRY_AFTER_MS } from '@sekoia/automation-sdk-shim/budgets';
import { SettingsError, StorageError, UnavailableError } from '../model/errors.js';
import type { Clock, CollectorLog, Monitor, Source, Trouble } from '../model/ports.js';
import { highWatermark, lowWatermark, type Progress, settledBefore, type TimeRange } from '../model/progress.js';

/** A time (ms since 1970) as operators read it: `2026-11-28 12:00:00 UTC`. */
function inWords(timeMs: number): string {
  return DateTime.fromMillis(timeMs, { zone: 'utc' }).toFormat("yyyy-MM-dd HH:mm:ss 'UTC'");
}

/** Failures in a row of the same page, after which it is more than a moment's failure. */
const REPORTED_TRIES = 2;

/** What a failure means for the status. @param isSettled whether a refusal is more than a disturbance */
export function troubleOf(error: Error, nowMs: number, isSettled = false): Trouble {
  const status = isSettled ? 'misconfigured' : 'degraded';
  if (error instanceof SettingsError) return { matter: 'sign-in', status, reason: error.message };
  if (error instanceof StorageError) return { matter: 'data folder', status, reason: error.message };
  const pause = pauseOf(error, nowMs);
  return { matter: 'reading', status, reason: pause === undefined ? error.message : `${error.message} ${pause}` };
}

/**
 * That a service asks to be left alone, and until when that is obeyed; undefined where it does not, or only for a
 * moment.
 */
export function pauseOf(error: Error, nowMs: number): string | undefined {
  if (!(error instanceof UnavailableError) || error.retryAfterMs < REPORTED_RETRY_AFTER_MS) return undefined;
  return `It asks for a pause: the next request is made at ${inWords(nowMs + error.retryAfterMs)}.`;
}

/** Whether a failure is reported although the same page is asked for again. @param tries failed ones in a row */
export function isReportedAtOnce(error: UnavailableError, tries: number): boolean {
  return error.retryAfterMs >= REPORTED_RETRY_AFTER_MS || tries >= REPORTED_TRIES;
}

const reportEveryMs = 60_000;

interface ReporterParts {
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly log: CollectorLog;
  readonly source: Pick<Source, 'searchElsewhere'>;
}

/** Tells the operator, in sentences with times, what only the collector knows. */
export class Reporter {
  readonly #parts: ReporterParts;
  #reportedAt = -Infinity;
  #longRangeAt = -Infinity;
  /** And has said so. */
  #isCatchingUp = false;
  #rowsSinceReport = 0;

  constructor(parts: ReporterParts) {
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
        ? 'can no longer be read: the service returns no mail that old.'
        : `could not be read for a day and are given up: ${httpError.message}`;
    this.#parts.log.error(
      `Messages received from ${inWords(range.start)} to ${inWords(range.end)} ${reason} ` +
        `${this.#parts.source.searchElsewhere ?? ''} Collecting goes on after them. [MT-GAP]`.trimStart(),
    );
  }

  /** A range failed although the service answers other questions. */
  narrowing(error: Error, { start, end }: TimeRange): void {
    this.#parts.log.warning(
      `${error.message} Other times can be read, so the cause lies between ${inWords(start)} and ${inWords(end)}: that range is now read in smaller parts. No data is lost. [MT-RANGE-REFUSED]`,
    );
  }

  setAside(error: Error, { start, end }: TimeRange): void {
    this.#parts.log.error(
      `Messages received from ${inWords(start)} to ${inWords(end)} cannot be read: ${error.message} All other times are read and delivered as usual. These are tried again after 15 minutes, then ever more rarely, and given up after a day. If this lasts, report this line to the support of the service. [MT-SET-ASIDE]`,
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
