import type { UnavailableError } from './errors.js';
import type { Progress, TimeRange } from './progress.js';
import type { TraceRecord } from './record.js';

export type { TimeRange, TraceRecord };

/** What the API allows, as the source declares it. */
export interface SourceLimits {
  /** Rows in a full page. */
  readonly pageRows: number;
  /** The widest range that may be asked for, in milliseconds. */
  readonly rangeMs: number;
  /**
   * How far back the service can be asked by its documentation, in milliseconds. Time is given up only once it was
   * refused: a refusal of what is older is taken to mean that, whatever its words.
   */
  readonly historyMs?: number;
  /**
   * How far ranges stay behind the present, in milliseconds, for a service that refuses an end in the future: our clock
   * may be ahead of its.
   */
  readonly behindMs?: number;
}

/** What the collector can have trouble with: reading from the service, signing in to it, remembering. */
export type Matter = 'reading' | 'sign-in' | 'data folder';

/** `degraded`: it may pass by itself; `misconfigured`: a person must change a setting. */
export interface Trouble {
  readonly matter: Matter;
  readonly status: 'degraded' | 'misconfigured';
  readonly reason: string;
}

/** One answer of the API: its rows as records, newest first. */
export interface Page {
  readonly records: readonly TraceRecord[];
  /** Entries that are no rows at all; they are reported and set aside. */
  readonly unreadable: readonly unknown[];
  /** When the service says that it answered, cut to the second: it cannot have shown what came later. */
  readonly answeredAtMs?: number | undefined;
}

export interface ReadOptions {
  /** Called with each failure of a page that is asked for again. */
  readonly onRetry?: (error: UnavailableError) => void;
  /**
   * How often each page is asked for, the first time included; by default several times. Where it is given, the range
   * is read to find out whether it can be read: it is also given up after fewer pages.
   */
  readonly tries?: number;
  /**
   * Whether to ask for nothing beyond the range, at the price of rows that lie on its very bounds: what lies beyond
   * cannot be read.
   */
  readonly exact?: boolean;
}

/**
 * Reads the pages of a range. The collector calls `pages` once for each reading of a range, takes one
 * page after the other and may stop before the last. A page that fails for a passing reason is asked for again within;
 * what is thrown has a class of errors.ts. Not promised: that a row comes only once, that rows lie within the range, or
 * that a range read again holds the same rows.
 */
export interface Source {
  /** Which API it reads. What was learned of one says nothing about another. */
  readonly name: string;
  readonly limits: SourceLimits;
  /** A sentence for the log: where an operator finds mail that this API no longer returns. */
  readonly searchElsewhere?: string;
  pages(range: TimeRange, signal: AbortSignal, options?: ReadOptions): AsyncGenerator<Page, void, undefined>;
}

/** How a row that goes out was found. */
export interface DeliveredRow {
  readonly record: TraceRecord;
  /** `changed`: it has gone out before, with another status. */
  readonly sighting: 'new' | 'changed';
  /** Of a changed row: the status that it went out with last, in lower case, if it is a documented one. */
  readonly previousStatus?: string | undefined;
  /** Its time had been read before: the row appeared after that. */
  readonly late: boolean;
  /** When the service showed it, in milliseconds since 1970. */
  readonly foundAtMs: number;
}

/** A stretch of the rows handed to `deliver`, by index: all of it is settled. */
export interface Receipt {
  readonly from: number;
  readonly to: number;
  /** Those of the stretch that were refused for good, by index. They count as done: the collector sets them aside. */
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
  /** Those of the stretch that are not to be sent, by index. They are remembered like the others. */
  readonly filtered?: readonly number[];
}

/**
 * Delivers events. Yields a receipt when a chunk has been acknowledged, and sends the next chunk only when it is asked
 * to go on: what the collector writes down between two receipts is what a crash cannot repeat. Tries for ever; ends
 * early, by throwing, only when the signal is aborted (a chunk on its way is still given a few seconds to be
 * acknowledged).
 */
export interface Sink {
  deliver(rows: readonly DeliveredRow[], signal: AbortSignal): AsyncGenerator<Receipt, void, undefined>;
  /**
   * Sets aside, where a person can look at it, a row that cannot be delivered.
   * @param record of the row; undefined for an entry that is no row
   * @returns whether it was not there already @throws StorageError
   */
  reject(row: unknown, reason: string, record?: TraceRecord): Promise<boolean>;
}

/** Time as the service sees it. Passed in, never read from the system inside the collector. */
export interface Clock {
  /** Whether an answer has told the service's time since the start. Before that it may be wrong by any amount. */
  readonly isConfirmed: boolean;
  /** How far the service's time is ahead of the system's clock as it was at the start, as far as is known. */
  readonly correctionMs: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** What the system's clock says, uncorrected: it may be wrong, and may be set while the module runs. */
  systemMs(): number;
  /** Remembers this instant; the result tells when it was, by what is known of the clock's error then. */
  mark(): () => number;
  /** Returns early, without an error, when the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** A JSON document that outlives the process. Both methods may throw a StorageError. */
export interface PersistentDocument {
  /**
   * The content, or undefined if there is none. A damaged one, or one that is refused by `accepts`, is set aside and
   * reported.
   */
  read(accepts: (content: unknown) => boolean): Promise<unknown>;
  /** Replaces the content in one piece. */
  write(content: object): Promise<void>;
}

/** Hears what happens, for metrics and health. Its methods neither throw nor take long. */
export interface Monitor {
  /** What is being read from now on; undefined between two ranges. */
  reading(read: { readonly pass: number; readonly range: TimeRange } | undefined): void;
  /** `rows`: all entries of the page; `repeats`: those that are known, so that nothing more is done with them. */
  pageRead(page: { readonly rows: number; readonly repeats: number }): void;
  rangeRead(read: {
    readonly pass: number;
    readonly range: TimeRange;
    readonly fresh: boolean;
    readonly pages: number;
    readonly rows: number;
  }): void;
  delivered(rows: readonly DeliveredRow[], nowMs: number): void;
  progressed(progress: Progress): void;
  gap(range: TimeRange): void;
  /** Something cannot be read or remembered, or the session is refused, until `recovered` is called for that matter. */
  troubled(trouble: Trouble): void;
  recovered(matter: Matter): void;
}

/** What an operator reads. Levels are chosen by what happened to data. */
export interface CollectorLog {
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  critical(message: string): void;
}
