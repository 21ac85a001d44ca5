import { ServerClock } from '../../src/collector/clock.js';
import { Collector } from '../../src/collector/collector.js';
import type { Page, Receipt, Sink, Source, SourceLimits, TimeRange } from '../../src/model/ports.js';
import { Ledger } from '../../src/collector/ledger.js';
import type { TraceRecord } from '../../src/model/record.js';
import { scheduleOf } from './schedule.js';
import { PlanAgainError, RangeRefusedError, UnavailableError } from '../../src/model/errors.js';
import { MemoryBuckets, MemoryDocument } from './memory-storage.js';
import { record } from './records.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedTime } from './simulated-time.js';

/**
 * One row of a simulated tenant: when it was received, when it could first be seen, and what its status was from when
 * on.
 */
export interface WorldRow {
  readonly id: string;
  readonly receivedMs: number;
  /** In the order of time; the first is the moment at which the row appeared. */
  readonly statuses: readonly { readonly status: string; readonly fromMs: number }[];
}

export interface Settings {
  readonly frequency: number;
  readonly timedelta: number;
  readonly late_window: number;
  readonly start_time: number;
}

export interface Troubles {
  /** Stretches of time in which Microsoft, or the intake, does not answer. */
  readonly microsoftAway: readonly TimeRange[];
  readonly intakeAway: readonly TimeRange[];
  /** Share of pages that fail. */
  readonly failingPages: number;
  /** Share of later pages whose link is dead. */
  readonly deadLinks: number;
  /** Share of storage and intake operations at which the process dies. */
  readonly crashes: number;
  /** How far the system's clock may be wrong after a start. */
  readonly clockErrorMs: number;
  /** How far the dates of answers may be ahead of the present. */
  readonly dateErrorMs?: number;
  /** Stretches in which answers are dated wrongly: each of them, or a share. */
  readonly wrongDates?: readonly WrongDates[];
  /** Stretches in which the process is not there. */
  readonly downtimes?: readonly TimeRange[];
  /** What becomes of the text of `context.json` between two runs. */
  readonly damage?: (context: string, random: SeededRandom) => string;
}

interface WrongDates extends TimeRange {
  readonly offMs: number;
  readonly share: number;
}

const noTroubles: Troubles = {
  microsoftAway: [],
  intakeAway: [],
  failingPages: 0,
  deadLinks: 0,
  crashes: 0,
  clockErrorMs: 0,
};

export interface ProcessRun {
  /** `id status` → the moments of its deliveries. */
  readonly delivered: Map<string, number[]>;
  readonly requests: { readonly atMs: number; readonly range: TimeRange; readonly rows: number }[];
  /** `id status` of the chunks that a crash kept from being remembered, each as often as that happened. */
  readonly unremembered: Map<string, number>;
  readonly contexts: readonly object[];
  /**
   * From here on every row is owed: where the first start began, by the clock of then or by the true one, whichever was
   * later.
   */
  readonly owedFromMs: number;
  readonly restarts: number;
  /** Ranges that were refused because they ended in the future. */
  readonly refusedAsFuture: number;
  readonly log: string[];
}

class Crash extends Error {}

const chunkSize = 7;
const away = (stretches: readonly TimeRange[], atMs: number) =>
  stretches.find(({ start, end }) => atMs >= start && atMs < end);

/** Lives the collector's life on a simulated clock: starts it, lets it die, starts it again, until a moment. */
export async function live(
  rows: readonly WorldRow[],
  settings: Settings,
  period: { readonly startMs: number; readonly endMs: number },
  options: {
    readonly seed: number;
    readonly troubles?: Troubles;
    readonly limits?: SourceLimits;
    readonly pageMs?: number;
    /** Microsoft Graph takes no range that ends after its own present. */
    readonly refusesTheFuture?: boolean;
  },
): Promise<ProcessRun> {
  const troubles = options.troubles ?? noTroubles;
  const limits = options.limits ?? { pageRows: 50, rangeMs: 10 * 86_400_000 };
  const random = new SeededRandom(options.seed);
  const view = viewOf(rows);
  const delivered = new Map<string, number[]>();
  const unremembered = new Map<string, number>();
  let onTheirWay: string[] = [];
  const requests: { atMs: number; range: TimeRange; rows: number }[] = [];
  const log: string[] = [];
  const document = new MemoryDocument();
  const buckets = new MemoryBuckets();
  let restarts = 0;
  let refusedAsFuture = 0;
  let owedFromMs: number | undefined;

  const dieSometimes = () => {
    if (random.chance(troubles.crashes)) throw new Crash();
  };
  const storedWrite = buckets.write.bind(buckets);
  buckets.write = async (name, content, at) => {
    // A crash tears the write anywhere.
    if (random.chance(troubles.crashes)) {
      await storedWrite(name, content.subarray(0, random.integer(0, content.length)), at);
      throw new Crash();
    }
    await storedWrite(name, content, at);
  };
  const writtenDocument = document.write.bind(document);
  document.write = async (content) => {
    dieSometimes();
    await writtenDocument(content);
    const { most_recent_date_requested: begun } = content as { most_recent_date_requested: string };
    owedFromMs ??= Math.max(Date.parse(begun), time.trueMs - settings.start_time * 3_600_000);
    dieSometimes();
  };

  const stop = { controller: new AbortController() };
  const down = [...(troubles.downtimes ?? [])].sort((one, other) => one.start - other.start);
  let runEndsMs = period.endMs;
  const stopInTime = () => {
    if (time.trueMs >= runEndsMs) stop.controller.abort();
  };
  const time = new SimulatedTime(period.startMs, stopInTime);
  let clock = new ServerClock({ time });
  const dateOf = (): number => {
    const wrong = away(troubles.wrongDates ?? [], time.trueMs) as WrongDates | undefined;
    const offMs = wrong !== undefined && random.chance(wrong.share) ? wrong.offMs : 0;
    const dateMs = time.trueMs + offMs + random.between(0, troubles.dateErrorMs ?? 0);
    return Math.floor(dateMs / 1000) * 1000;
  };

  const source: Source = {
    name: 'simulated',
    limits,
    async *pages(range): AsyncGenerator<Page, void, undefined> {
      for (let offset = 0; ; offset -= 1) {
        const sentAt = clock.mark();
        time.work(options.pageMs ?? 300);
        stopInTime();
        if (away(troubles.microsoftAway, time.trueMs) || random.chance(troubles.failingPages)) {
          throw new UnavailableError('away');
        }
        const answeredAtMs = dateOf();
        clock.observe(answeredAtMs, sentAt, clock.mark());
        if (options.refusesTheFuture === true && range.end > time.trueMs) {
          refusedAsFuture += 1;
          throw new PlanAgainError('in the future');
        }
        if (offset > 0 && random.chance(troubles.deadLinks)) throw new RangeRefusedError('dead link');
        const page = view(range, time.trueMs).slice(offset, offset + limits.pageRows);
        requests.push({ atMs: time.trueMs, range, rows: page.length });
        yield { records: page, unreadable: [], answeredAtMs };
        if (page.length < limits.pageRows) return;
        offset += page.length;
        await Promise.resolve();
      }
    },
  };

  const sink: Sink = {
    async *deliver(rows): AsyncGenerator<Receipt, void, undefined> {
      const records = rows.map(({ record }) => record);
      for (let from = 0; from < records.length; from += chunkSize) {
        const to = Math.min(from + chunkSize, records.length);
        const outage = away(troubles.intakeAway, time.trueMs);
        if (outage) time.work(outage.end - time.trueMs);
        dieSometimes();
        const keys = records.slice(from, to).map((it) => `${it.traceId!} ${it.status!}`);
        for (const key of keys) delivered.set(key, [...(delivered.get(key) ?? []), time.trueMs]);
        onTheirWay = keys;
        dieSometimes();
        yield { from, to, rejected: [] };
        onTheirWay = [];
        await Promise.resolve();
      }
    },
    reject: () => Promise.resolve(),
  };

  const silent = () => undefined;
  const write = (message: string) => void log.push(`${new Date(time.trueMs).toISOString()} ${message}`);
  const wallErrorMs = () => random.between(-troubles.clockErrorMs, troubles.clockErrorMs);
  while (time.trueMs < period.endMs) {
    const outage = away(down, time.trueMs);
    if (outage !== undefined) {
      time.work(outage.end - time.trueMs);
      continue;
    }
    runEndsMs = Math.min(period.endMs, ...down.map(({ start }) => start).filter((start) => start > time.trueMs));
    time.wallErrorMs = wallErrorMs();
    clock = new ServerClock({ time });
    if (document.text !== undefined && troubles.damage !== undefined)
      document.text = troubles.damage(document.text, random);
    stop.controller = new AbortController();
    try {
      const schedule = scheduleOf(settings);
      const logs = { info: write, warning: write, error: write, critical: write };
      const startTimeMs = settings.start_time * 3_600_000;
      const ledger = await Ledger.open({
        document,
        buckets,
        schedule,
        source: source.name,
        clock,
        log: logs,
        startTimeMs,
      });
      const monitor = {
        pageRead: silent,
        reading: silent,
        rangeRead: silent,
        delivered: silent,
        progressed: silent,
        gap: silent,
        troubled: silent,
        recovered: silent,
      };
      const collector = new Collector({ source, sink, ledger, schedule, clock, monitor, log: logs });
      await collector.run(stop.controller.signal);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      restarts += 1;
      for (const key of onTheirWay) unremembered.set(key, (unremembered.get(key) ?? 0) + 1);
      onTheirWay = [];
      time.work(random.between(100, 120_000));
    }
  }
  return {
    delivered,
    requests,
    unremembered,
    contexts: document.written,
    owedFromMs: owedFromMs ?? Infinity,
    restarts,
    refusedAsFuture,
    log,
  };
}

/** Answers which rows are visible at an instant in a range whose bounds are inclusive, newest first, as records. */
function viewOf(rows: readonly WorldRow[]): (range: TimeRange, atMs: number) => TraceRecord[] {
  const byTime = rows
    .map(({ id, receivedMs, statuses }) => ({
      receivedMs,
      statuses: statuses.map(({ status, fromMs }) => ({
        fromMs,
        record: record({ MessageTraceId: id, Status: status, Received: `/Date(${receivedMs})/` }),
      })),
    }))
    .sort((one, other) => other.receivedMs - one.receivedMs);
  const firstAtOrBefore = (timeMs: number) => {
    let [low, high] = [0, byTime.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byTime[middle]!.receivedMs > timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return ({ start, end }, atMs) => {
    const found: TraceRecord[] = [];
    for (let index = firstAtOrBefore(end); index < byTime.length && byTime[index]!.receivedMs >= start; index += 1) {
      const seen = byTime[index]!.statuses.findLast(({ fromMs }) => fromMs <= atMs);
      if (seen) found.push(seen.record);
    }
    return found;
  };
}
