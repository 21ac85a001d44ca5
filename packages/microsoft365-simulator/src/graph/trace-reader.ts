import { ResultViews, type ResultView } from '../paging/result-views.js';
import { BadQueryError } from '../service/bad-query-error.js';
import type { MailWorld } from '../world/mail-world.js';
import type { GraphOptions } from './options.js';
import { tooOld } from './service-faults.js';
import type { TracePage } from './trace-page.js';
import type { TraceQuery } from './trace-query.js';

const dayMs = 86_400_000;

/** Cuts the pages of a query's result out of the world. */
export class TraceReader {
  readonly #world: MailWorld;
  readonly #options: Readonly<GraphOptions>;
  readonly #views = new ResultViews();

  constructor(world: MailWorld, options: Readonly<GraphOptions>) {
    this.#world = world;
    this.#options = options;
  }

  /** Throws BadQueryError where the bounds are beyond the service's limits; an end in the future is. */
  read(query: TraceQuery, nowMs: number): TracePage {
    this.#checkLimits(query, nowMs);
    const view = this.#view(query, nowMs);
    const offset = query.skiptoken ?? 0;
    const keys = view.keys.subarray(offset, offset + pageSize(query, this.#options));
    const next = offset + keys.length;
    return {
      offset,
      rows: Array.from(keys, (key) => this.#world.row(key, view.atMs)),
      nextOffset: next < view.keys.length ? next : null,
    };
  }

  #view(query: TraceQuery, nowMs: number): ResultView {
    const continued = query.skiptoken !== null && query.skiptoken > 0;
    const fixed = this.#options.stablePages && continued ? this.#views.find(query.filter) : undefined;
    return fixed ?? this.#views.open(query.filter, this.#look(query, nowMs));
  }

  #look({ bounds: { startMs, endMs } }: TraceQuery, atMs: number): ResultView {
    const keys = this.#world.select({ fromMs: startMs, toMs: endMs, inclusive: true }, atMs);
    return { startMs, endMs, keys, atMs };
  }

  #checkLimits({ bounds }: TraceQuery, nowMs: number): void {
    const { historyDays, maxRangeDays } = this.#options;
    if (bounds.endMs > nowMs) throw new BadQueryError('The end of receivedDateTime must not be in the future.');
    if (bounds.startMs < nowMs - historyDays * dayMs) throw new BadQueryError(tooOld(historyDays));
    if (bounds.endMs - bounds.startMs > maxRangeDays * dayMs) {
      throw new BadQueryError(`The range of receivedDateTime can't be longer than ${maxRangeDays} days.`);
    }
  }
}

/** Rows on a full page of a query's result. */
export function pageSize({ top }: TraceQuery, { pageRows }: Readonly<GraphOptions>): number {
  return Math.min(top, pageRows);
}
