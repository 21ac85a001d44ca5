import type { EventDetail, EventLine, LivePlaybook, Sample, Totals } from '../wire/live.js';
import { LogKeeper, type LogKeeperOptions, Stored } from './log-keeper.js';
import { Ring } from '@local/testbed';

const COUNTERS: Readonly<Record<keyof Totals, string>> = {
  rowsRead: 'message_trace_rows_read_total',
  delivered: 'message_trace_events_delivered_total',
  lateRows: 'message_trace_late_rows_seconds_count',
  statusChanges: 'message_trace_status_changes_total',
  repeatsSuppressed: 'message_trace_repeats_suppressed_total',
  filtered: 'message_trace_filtered_total',
  rejected: 'message_trace_rejected_total',
  playbookRuns: 'message_trace_playbook_runs_total',
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

/** An event as it arrived. */
export interface StoredEvent {
  readonly number: number;
  readonly arrivedAtMs: number;
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The roots under which the module writes normalised fields (Elastic Common Schema); all else is the raw row. */
const NORMALISED_ROOTS: ReadonlySet<string> = new Set([
  '@timestamp',
  'event',
  'office365',
  'email',
  'source',
  'destination',
  'related',
  'organization',
]);

/**
 * Reads the raw row's keys at the event's top level, in either dialect. An event that has none shows as empty texts.
 */
export function readEventLine({ number, arrivedAtMs, text }: StoredEvent): EventLine {
  return lineOf(number, arrivedAtMs, fieldsOf(text));
}

export function readEventDetail({ number, arrivedAtMs, text }: StoredEvent): EventDetail {
  const fields = fieldsOf(text);
  const entries = Object.entries(fields);
  return {
    ...lineOf(number, arrivedAtMs, fields),
    normalised: Object.fromEntries(entries.filter(([name]) => NORMALISED_ROOTS.has(name))),
    raw: Object.fromEntries(entries.filter(([name]) => !NORMALISED_ROOTS.has(name))),
    text,
  };
}

function lineOf(number: number, arrivedAtMs: number, fields: Fields): EventLine {
  const text = (...names: string[]): string =>
    names.map((name) => fields[name]).find((value) => typeof value === 'string') ?? '';
  return {
    number,
    arrivedAtMs,
    receivedMs: readTime(text('Received', 'receivedDateTime')),
    from: text('SenderAddress', 'senderAddress'),
    to: text('RecipientAddress', 'recipientAddress'),
    subject: text('Subject', 'subject'),
    status: text('Status', 'status'),
    outcome: outcomeOf(fields['event']),
  };
}

function outcomeOf(event: unknown): string {
  const outcome = typeof event === 'object' && event !== null && 'outcome' in event ? event.outcome : undefined;
  return typeof outcome === 'string' ? outcome : '';
}

/** `/Date(1658751973240)/` or ISO 8601, which is UTC where no zone is given. */
function readTime(text: string): number | null {
  const epoch = /^\/Date\((-?\d+)\)\/$/.exec(text)?.[1];
  const ms = epoch === undefined ? Date.parse(/[zZ]$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) : Number(epoch);
  return Number.isFinite(ms) ? ms : null;
}

function fieldsOf(text: string): Fields {
  try {
    const event: unknown = JSON.parse(text);
    return typeof event === 'object' && event !== null ? (event as Fields) : {};
  } catch {
    return {};
  }
}

const MINUTE_MS = 60_000;

/** Counts events, and how many of them came in the last minute. */
export class EventMeter {
  #total = 0;
  #recent: { readonly atMs: number; readonly events: number }[] = [];

  get total(): number {
    return this.#total;
  }

  add(events: number, nowMs: number): void {
    this.#total += events;
    this.#recent.push({ atMs: nowMs, events });
    this.#forget(nowMs);
  }

  inLastMinute(nowMs: number): number {
    this.#forget(nowMs);
    return this.#recent.reduce((sum, { events }) => sum + events, 0);
  }

  #forget(nowMs: number): void {
    const firstRecent = this.#recent.findIndex(({ atMs }) => atMs > nowMs - MINUTE_MS);
    this.#recent = firstRecent === -1 ? [] : this.#recent.slice(firstRecent);
  }
}

const LIMITS = { items: 1000, bytes: 32 << 20 };

/** The last events as text, and how many there were. They are read only on request. */
class EventKeeper {
  readonly #events = new Stored<StoredEvent>(LIMITS, ({ text }) => text);
  readonly #meter = new EventMeter();

  get total(): number {
    return this.#meter.total;
  }

  add(texts: readonly string[], nowMs: number): void {
    this.#meter.add(texts.length, nowMs);
    for (const text of texts) this.#events.add((number) => ({ number, arrivedAtMs: nowMs, text }));
  }

  inLastMinute(nowMs: number): number {
    return this.#meter.inLastMinute(nowMs);
  }

  /** Lines of the events after that number, oldest first. */
  after(number: number): EventLine[] {
    return this.#events.after(number).map(readEventLine);
  }

  detail(number: number): EventDetail | undefined {
    const event = this.#events.find(number);
    return event && readEventDetail(event);
  }
}

/** An hour of them, one every two seconds. */
const STORED_SAMPLES = 1800;

/** How far a page has read. */
export interface Cursors {
  readonly eventsAfter: number;
  readonly logsAfter: number;
  /** In milliseconds since 1970. */
  readonly samplesAfter: number;
}

/** All that is remembered of a playbook while the runner runs, within bounds. */
export class Observations {
  readonly events = new EventKeeper();
  readonly logs: LogKeeper;
  readonly totals = new RunningTotals();
  readonly #samples = new Ring<Sample>(STORED_SAMPLES);

  constructor(options: LogKeeperOptions) {
    this.logs = new LogKeeper(options);
  }

  /** To be called every two seconds while the trigger is to run. */
  sample(lagSeconds: number | null, nowMs: number): void {
    this.logs.addOverdue(nowMs);
    this.#samples.push({ atMs: nowMs, eventsPerMinute: this.events.inLastMinute(nowMs), lagSeconds });
  }

  since({ eventsAfter, logsAfter, samplesAfter }: Cursors): Pick<LivePlaybook, 'events' | 'logs' | 'samples'> {
    return {
      events: this.events.after(eventsAfter),
      logs: this.logs.after(logsAfter),
      samples: this.#samples.items().filter(({ atMs }) => atMs > samplesAfter),
    };
  }
}
