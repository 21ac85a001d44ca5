import type { Totals } from '../wire/live.js';

const COUNTERS: Readonly<Record<keyof Totals, string>> = {
  rowsRead: 'message_trace_rows_read_total',
  delivered: 'message_trace_events_delivered_total',
  lateRows: 'message_trace_late_rows_seconds_count',
  statusChanges: 'message_trace_status_changes_total',
  repeatsSuppressed: 'message_trace_repeats_suppressed_total',
  rejected: 'message_trace_rejected_total',
  gapSeconds: 'message_trace_gap_seconds_total',
  requests: 'message_trace_requests_total',
};

const NOTHING = mapTotals(() => 0);

/** Adds up the counters of processes that follow one another: each begins at 0. */
export class RunningTotals {
  #before = NOTHING;
  #current = NOTHING;

  get totals(): Totals {
    return mapTotals((name) => this.#before[name] + this.#current[name]);
  }

  /** To be called when another process begins to count. */
  nextProcess(): void {
    this.#before = this.totals;
    this.#current = NOTHING;
  }

  update(metrics: ReadonlyMap<string, number>): void {
    this.#current = mapTotals((name) => countIn(metrics, name));
  }
}

/** What a process has counted since it began; 0 where it counts no such thing. */
export function countIn(metrics: ReadonlyMap<string, number>, name: keyof Totals): number {
  return metrics.get(COUNTERS[name]) ?? 0;
}

function mapTotals(value: (name: keyof Totals) => number): Totals {
  const names = Object.keys(COUNTERS) as (keyof Totals)[];
  return Object.fromEntries(names.map((name) => [name, value(name)])) as unknown as Totals;
}
