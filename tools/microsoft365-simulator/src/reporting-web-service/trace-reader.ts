import type { MailWorld } from '../world/mail-world.js';
import { ResultViews, type ResultView } from '../paging/result-views.js';
import { BadQueryError } from '../errors.js';
import type { ReportingOptions } from './options.js';
import { tooOld } from './service-faults.js';
import { offsetOf, skiptokenFor, type TracePage } from './odata.js';
import type { TraceQuery } from './trace-query.js';

const dayMs = 86_400_000;
/** What a query without bounds gets. */
const defaultRangeMs = 2 * dayMs;

/** Cuts the pages of a query's result out of the world. */
export class TraceReader {
  readonly #world: MailWorld;
  readonly #options: Readonly<ReportingOptions>;
  readonly #views = new ResultViews();

  constructor(world: MailWorld, options: Readonly<ReportingOptions>) {
    this.#world = world;
    this.#options = options;
  }

  /** Throws BadQueryError where the bounds are beyond the service's limits. An EndDate in the future is none. */
  read(query: TraceQuery, nowMs: number): TracePage {
    this.#checkLimits(query, nowMs);
    const { pageRows, skiptokenStarts } = this.#options;
    const view = this.#view(query, nowMs);
    const offset = offsetOf(query.skiptoken, skiptokenStarts);
    const count = Math.min(pageRows, query.top ?? pageRows);
    const keys = view.keys.subarray(offset, offset + count);
    const next = offset + keys.length;
    // $top is how many rows the client wants altogether: a page that has them all is the last one.
    const more = next < view.keys.length && (query.top === null || keys.length < query.top);
    return {
      organization: this.#world.organization,
      startMs: view.startMs,
      endMs: view.endMs,
      offset,
      rows: Array.from(keys, (key) => this.#world.row(key, view.atMs)),
      nextSkiptoken: more ? skiptokenFor(next, skiptokenStarts) : null,
    };
  }

  #view(query: TraceQuery, nowMs: number): ResultView {
    const continued = query.skiptoken !== null && query.skiptoken > 0;
    const fixed = this.#options.stablePages && continued ? this.#views.find(query.filter) : undefined;
    return fixed ?? this.#views.open(query.filter, this.#look(query, nowMs));
  }

  #look({ bounds }: TraceQuery, atMs: number): ResultView {
    const { startMs, endMs } = bounds ?? { startMs: atMs - defaultRangeMs, endMs: atMs };
    const interval = { fromMs: startMs, toMs: endMs, inclusive: this.#options.inclusiveBounds };
    return { startMs, endMs, keys: this.#world.select(interval, atMs), atMs };
  }

  #checkLimits({ bounds }: TraceQuery, nowMs: number): void {
    if (bounds === null) return;
    const { historyDays, maxRangeDays } = this.#options;
    if (bounds.startMs < nowMs - historyDays * dayMs) throw new BadQueryError(tooOld(historyDays));
    if (maxRangeDays !== null && bounds.endMs - bounds.startMs > maxRangeDays * dayMs) {
      throw new BadQueryError(`The range from StartDate to EndDate can't be longer than ${maxRangeDays} days.`);
    }
  }
}
