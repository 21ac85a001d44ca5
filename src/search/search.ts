import { createHash } from 'node:crypto';
import { SEARCH_REQUESTS, SEARCH_ROWS } from '@sekoia/automation-sdk-shim/budgets';
import type { Clause, Property } from '../microsoft/graph/clauses.js';
import type { GraphReadOptions } from '../microsoft/graph/source.js';
import { OutOfReachError, PlanAgainError, RangeRefusedError, UnavailableError } from '../model/errors.js';
import type { Page, SourceLimits, TimeRange, TraceRecord } from '../model/ports.js';
import { wholeSecond } from '../model/progress.js';
import { deliveryIdentity, statusIdentity } from '../model/record.js';
import { type Completeness, sentenceFor, type StopReason } from './completeness.js';
import type { TraceQuery } from './filter.js';
import { rowFilter } from './matching.js';
import { halvesOf, leastSelective, queriesOf, slicesOf } from './plan.js';

/** The service's clock and ours differ: so much later than the limit is the start of what it still keeps. */
const HISTORY_MARGIN_MS = 60_000;

/** What a search needs of Microsoft Graph. `GraphSource` is one. */
export interface TraceReader {
  readonly limits: SourceLimits;
  pages(range: TimeRange, signal: AbortSignal, options: GraphReadOptions): AsyncGenerator<Page, void, undefined>;
}

export interface SearchOptions {
  /** Aborting it ends the search: the iteration throws the signal's reason. */
  readonly signal: AbortSignal;
  /** By the service's clock, in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly maxRows?: number | undefined;
  readonly maxRequests?: number | undefined;
  /** Called with each failure of a request that is made again. */
  readonly onRetry?: ((error: UnavailableError) => void) | undefined;
  /** Yield a row once more where it comes again with another status: its later one. */
  readonly withUpdates?: boolean;
}

/** As many requests were made as were allowed. */
class RequestLimitError extends Error {}

/**
 * A search for message traces: iterate over it once for the rows that fit, each once, newest first within each query.
 * `completeness` says at any time how much was seen, and at the end whether that is everything.
 * The iteration throws what a person must act on (SettingsError, NotReadyError), and an UnavailableError or a
 * RangeRefusedError where the service has not answered at all. Any other trouble ends it early, as `completeness` says.
 */
export class TraceSearch implements AsyncIterable<TraceRecord> {
  readonly #reader: TraceReader;
  readonly #query: TraceQuery;
  readonly #options: SearchOptions;
  readonly #maxRows: number;
  readonly #maxRequests: number;
  readonly #fits: (row: TraceRecord) => boolean;
  readonly #seen = new Map<string, string>();
  /** Properties that the service refuses to filter by. */
  readonly #withoutClauses = new Set<Property>();
  readonly #stops = new Map<StopReason, string>();
  #pending: TimeRange[];
  #range: TimeRange;
  #isFinished = false;
  #hasAnswered = false;
  #lastError: Error | undefined;
  #requests = 0;
  #unreadable = 0;
  #searchedFrom: number;
  /** Pages of the query at hand. */
  #pagesOfQuery = 0;

  constructor(reader: TraceReader, query: TraceQuery, options: SearchOptions) {
    this.#reader = reader;
    this.#query = query;
    this.#options = options;
    this.#maxRows = options.maxRows ?? SEARCH_ROWS;
    this.#maxRequests = options.maxRequests ?? SEARCH_REQUESTS;
    this.#fits = rowFilter(query);
    this.#range = query.range;
    this.#searchedFrom = query.range.end;
    this.#pending = [];
  }

  get completeness(): Completeness {
    const stops = new Map(this.#stops);
    if (!this.#isFinished && stops.size === 0) stops.set('cancelled', '');
    if (this.#unreadable > 0) stops.set('unreadable', String(this.#unreadable));
    const [stoppedBy] = stops.keys();
    const searchedUntil = this.#range.end;
    return {
      complete: stoppedBy === undefined,
      finished: this.#isFinished,
      ...(stoppedBy && {
        stoppedBy,
        reason: Array.from(stops, ([reason, detail]) => sentenceFor(reason, detail)).join(' '),
      }),
      searchedFrom: Math.min(this.#searchedFrom, searchedUntil),
      searchedUntil,
      requests: this.#requests,
      rows: this.#seen.size,
    };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TraceRecord, void, undefined> {
    this.#begin();
    let slice: TimeRange | undefined;
    while ((slice = this.#pending.shift()) !== undefined) {
      try {
        yield* this.#search(slice);
        if (this.#stops.has('rows')) return;
        this.#searchedFrom = Math.max(slice.start, this.#query.range.start);
      } catch (error) {
        this.#options.signal.throwIfAborted();
        const next = this.#after(error, slice);
        if (next === undefined) return;
        this.#pending.unshift(...next);
      }
    }
    this.#isFinished = true;
  }

  #begin(): void {
    const { limits } = this.#reader;
    const nowMs = this.#options.nowMs();
    const { start, end } = this.#query.range;
    // Nothing is received in the future, and the service refuses to be asked for it.
    this.#range = { start, end: Math.min(end, wholeSecond(nowMs - (limits.behindMs ?? 0))) };
    this.#searchedFrom = this.#range.end;
    if (limits.historyMs !== undefined && start < nowMs - limits.historyMs)
      this.#forget(nowMs - limits.historyMs + HISTORY_MARGIN_MS);
    this.#pending = slicesOf(this.#range, limits.rangeMs);
  }

  /** What was received before an instant is no longer there. */
  #forget(beforeMs: number): void {
    const start = wholeSecond(beforeMs);
    this.#range = { ...this.#range, start };
    this.#stop('history', new Date(start).toISOString());
  }

  async *#search(slice: TimeRange): AsyncGenerator<TraceRecord, void, undefined> {
    const queries = queriesOf(this.#query, this.#withoutClauses);
    for (const clauses of queries) {
      this.#pagesOfQuery = 0;
      // With several queries, the time is searched once the last of them has been.
      const progress = new SliceProgress(slice, queries.length === 1);
      for await (const page of this.#pages(slice, clauses)) {
        for (const row of page.records) {
          const look = this.#fits(row) ? this.#look(row) : 'duplicate';
          if (look === 'new' && this.#seen.size > this.#maxRows) {
            this.#seen.delete(keyOf(row));
            this.#searchedFrom = progress.before(row) ?? this.#searchedFrom;
            this.#stop('rows', String(this.#maxRows));
            return;
          }
          progress.pass(row);
          if (look === 'new' || (look === 'updated' && this.#options.withUpdates === true)) yield row;
        }
        this.#searchedFrom = progress.after() ?? this.#searchedFrom;
      }
    }
  }

  async *#pages(slice: TimeRange, clauses: readonly Clause[]): AsyncGenerator<Page, void, undefined> {
    const { signal, onRetry } = this.#options;
    const onRequest = () => {
      if (this.#requests >= this.#maxRequests) throw new RequestLimitError();
      this.#requests += 1;
    };
    for await (const page of this.#reader.pages(slice, signal, { clauses, onRequest, ...(onRetry && { onRetry }) })) {
      this.#hasAnswered = true;
      this.#pagesOfQuery += 1;
      // A row without a time may belong to any.
      this.#unreadable += page.unreadable.length + page.records.filter((row) => row.receivedMs === undefined).length;
      yield page;
    }
  }

  #look(row: TraceRecord): 'new' | 'updated' | 'duplicate' {
    const key = keyOf(row);
    const status = statusIdentity(row);
    const known = this.#seen.get(key);
    if (known === status) return 'duplicate';
    this.#seen.set(key, status);
    return known === undefined ? 'new' : 'updated';
  }

  /**
   * What to search in the place of a slice that failed, newest first; undefined where the search ends there.
   * @throws the error where only a person can help, or nothing was ever answered
   */
  #after(error: unknown, slice: TimeRange): readonly TimeRange[] | undefined {
    if (error instanceof RequestLimitError) {
      if (!this.#hasAnswered && this.#lastError !== undefined) throw this.#lastError;
      return this.#stop('requests', String(this.#maxRequests));
    }
    if (error instanceof Error) this.#lastError = error;
    if (error instanceof OutOfReachError) return this.#withinReach(error, slice);
    if (error instanceof PlanAgainError && !error.mayBeTheRange) {
      const shifted = this.#outOfTheFuture(slice);
      if (shifted !== undefined) return shifted;
    }
    if (error instanceof RangeRefusedError && this.#pagesOfQuery === 0) {
      const refused = leastSelective(this.#query, this.#withoutClauses);
      if (refused !== undefined) {
        // What is refused need not be asked for again: it is filtered here anyway.
        this.#withoutClauses.add(refused);
        return [slice];
      }
    }
    const mayBeTheRange = error instanceof PlanAgainError && error.mayBeTheRange;
    const halves = error instanceof RangeRefusedError || mayBeTheRange ? halvesOf(slice) : undefined;
    if (halves !== undefined) return halves;
    if (!this.#hasAnswered) throw error;
    if (error instanceof RangeRefusedError) return this.#stop('refused', error.message);
    if (error instanceof UnavailableError) return this.#stop('unavailable', error.message);
    throw error;
  }

  #withinReach({ historyMs }: OutOfReachError, { start, end }: TimeRange): readonly TimeRange[] | undefined {
    const reached = wholeSecond(this.#options.nowMs() - historyMs + HISTORY_MARGIN_MS);
    if (reached <= start) return this.#stop('history', new Date(start).toISOString());
    this.#pending = [];
    this.#forget(reached);
    return reached < end ? [{ start: reached, end }] : [];
  }

  /** The service takes the end of the slice for its future: its clock is behind ours. */
  #outOfTheFuture({ start, end }: TimeRange): readonly TimeRange[] | undefined {
    const latest = wholeSecond(this.#options.nowMs() - (this.#reader.limits.behindMs ?? 0));
    if (latest >= end || latest <= start) return undefined;
    this.#range = { ...this.#range, end: latest };
    this.#searchedFrom = latest;
    return [{ start, end: latest }];
  }

  /** Nothing is searched any more. */
  #stop(reason: StopReason, detail: string): readonly TimeRange[] | undefined {
    if (!this.#stops.has(reason)) this.#stops.set(reason, detail);
    return undefined;
  }
}

/** By digest: an identity has some hundred characters. */
function keyOf(row: TraceRecord): string {
  return createHash('sha256').update(deliveryIdentity(row)).digest('base64url').slice(0, 22);
}

/** How much of a slice its pages have covered, while they give the newest rows first. */
class SliceProgress {
  readonly #slice: TimeRange;
  #isInOrder: boolean;
  #oldestMs = Infinity;

  constructor(slice: TimeRange, isWhole: boolean) {
    this.#slice = slice;
    this.#isInOrder = isWhole;
  }

  pass({ receivedMs }: TraceRecord): void {
    if (receivedMs === undefined || receivedMs > this.#oldestMs) this.#isInOrder = false;
    else this.#oldestMs = receivedMs;
  }

  /** From when on all rows were passed: more of the oldest time may follow. */
  after(): number | undefined {
    const from = this.#oldestMs + 1;
    return this.#isInOrder && from > this.#slice.start && from < this.#slice.end ? from : undefined;
  }

  /** The same where this row was not passed any more. */
  before(row: TraceRecord): number | undefined {
    this.pass(row);
    return this.after();
  }
}
