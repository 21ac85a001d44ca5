import { BadQueryError } from '../errors.js';
import type { MailRow } from '../world/mail-row.js';
import type { MailWorld } from '../world/mail-world.js';
import type { GraphOptions } from './options.js';
import { compareKeys, keyOf, PageNumbers, type TracePage } from './paging.js';
import { tooOld } from './service-faults.js';
import type { TraceQuery } from './trace-query.js';

const dayMs = 86_400_000;

/** Cuts the pages of a query's result out of the world, each out of what there is when it is asked for. */
export class TraceReader {
  readonly #world: MailWorld;
  readonly #options: Readonly<GraphOptions>;
  readonly #numbers = new PageNumbers();

  constructor(world: MailWorld, options: Readonly<GraphOptions>) {
    this.#world = world;
    this.#options = options;
  }

  /** Throws BadQueryError where the bounds are beyond the service's limits; an end in the future is. */
  read(query: TraceQuery, nowMs: number): TracePage {
    this.#checkLimits(query, nowMs);
    const { filter, skiptoken, top, bounds } = query;
    const number = skiptoken === null ? 1 : this.#numbers.find(filter, skiptoken.after);
    const size = Math.min(top, this.#options.pageRows);
    const rows: MailRow[] = [];
    for (const row of this.#rowsFrom(query, nowMs)) {
      rows.push(row);
      if (rows.length > size) break;
    }
    const page = rows.slice(0, size);
    const last = page.at(-1);
    if (rows.length <= size || last === undefined) return { number, rows: page, next: null };
    const after = keyOf(last, this.#options);
    this.#numbers.add(filter, after, number + 1);
    const start = skiptoken?.start ?? { ms: bounds.startMs, ticks: 0 };
    return { number, rows: page, next: { start, after, resultSize: top } };
  }

  /**
   * The rows from where a query goes on. Two that were received at the same time and have the same recipient have one
   * key: where a page ends between them, the second is on no page.
   */
  *#rowsFrom({ bounds, skiptoken }: TraceQuery, nowMs: number): Generator<MailRow> {
    const after = skiptoken?.after;
    const toMs = Math.min(bounds.endMs, after?.received.ms ?? Infinity);
    const fromMs = Math.max(bounds.startMs, skiptoken?.start.ms ?? -Infinity);
    if (toMs < fromMs) return;
    const keys = this.#world.select({ fromMs, toMs, inclusive: true }, nowMs);
    let group: MailRow[] = [];
    const sorted = () => this.#inOrder(group, after);
    for (const key of keys) {
      const row = this.#world.row(key, nowMs);
      if (group[0] !== undefined && group[0].receivedMs !== row.receivedMs) {
        yield* sorted();
        group = [];
      }
      group.push(row);
    }
    yield* sorted();
  }

  /** Of rows of one millisecond, those after a key. */
  #inOrder(group: MailRow[], after: Parameters<typeof compareKeys>[0] | undefined): MailRow[] {
    const keyed = group.map((row) => ({ row, key: keyOf(row, this.#options) }));
    if (keyed.length > 1) keyed.sort((one, other) => compareKeys(one.key, other.key));
    return keyed.filter(({ key }) => after === undefined || compareKeys(after, key) < 0).map(({ row }) => row);
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
