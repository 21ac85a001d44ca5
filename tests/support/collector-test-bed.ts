import { Collector } from '../../src/collector/collector.js';
import type { Page, ReadOptions, Receipt, Sink, Source, SourceLimits, TimeRange } from '../../src/model/ports.js';
import { fingerprintBytes } from '../../src/collector/fingerprint-set.js';
import { Ledger } from '../../src/collector/ledger.js';
import type { Progress } from '../../src/model/progress.js';
import type { TraceRecord } from '../../src/model/record.js';
import { scheduleOf } from './schedule.js';
import { PlanAgainError, UnavailableError } from '../../src/model/errors.js';
import { MemoryBuckets, MemoryDocument } from './memory-storage.js';
import { RecordingLog } from './recording-log.js';
import { RecordingMonitor } from './recording-monitor.js';
import { SimulatedClock } from './simulated-clock.js';

/** What a source or a sink does next: answer, or fail. */
export type Scripted<Response> = readonly (Response | Error)[];

interface TestBedSettings {
  readonly startMs: number;
  readonly frequency?: number;
  readonly late_window?: number;
  /** How far back a first start reads, in milliseconds. */
  readonly startTimeMs?: number;
  readonly limits?: SourceLimits;
}

/**
 * A collector between a scripted source and a scripted sink, with a journal of what they did. The clock moves only when
 * one of them works or sleeps.
 */
export class TestBed {
  readonly clock: SimulatedClock;
  readonly document = new MemoryDocument();
  readonly buckets = new MemoryBuckets();
  readonly log = new RecordingLog();
  readonly monitor = new RecordingMonitor();
  /** `ask 0 of 11:59:00–12:00:00`, `deliver a b`, `remember 2`, `save`: in the order in which it happened. */
  readonly journal: string[] = [];
  readonly asked: { readonly range: TimeRange; readonly atMs: number }[] = [];
  readonly rejected: { readonly row: unknown; readonly reason: string }[] = [];
  readonly slept: number[] = [];
  /** `id status` of every row that was acknowledged. */
  readonly delivered: string[] = [];

  /** The pages of a range; taken anew for each reading. */
  pagesOf: (range: TimeRange) => Scripted<Page> = () => [pageOf()];
  /** What acknowledges the records of a page. */
  receiptsFor: (records: readonly TraceRecord[]) => Scripted<Receipt> = (records) =>
    records.length === 0 ? [] : [{ from: 0, to: records.length, rejected: [] }];
  /** Waited for before each page. */
  beforePage: (index: number, options: ReadOptions) => Promise<void> = () => Promise.resolve();
  pageMs = 300;
  /** Whether the date of an answer is believed. */
  confirms: () => boolean = () => true;

  readonly #settings: TestBedSettings;
  #stop = new AbortController();
  #untilMs = Infinity;

  constructor(settings: TestBedSettings) {
    this.#settings = settings;
    this.clock = new SimulatedClock(settings.startMs);
    const sleep = this.clock.sleep.bind(this.clock);
    this.clock.sleep = async (durationMs, signal) => {
      this.slept.push(durationMs);
      await sleep(durationMs, signal);
      this.#stopInTime();
    };
    const write = this.buckets.write.bind(this.buckets);
    this.buckets.write = (name, content, at) => {
      this.journal.push(`remember ${content.length / fingerprintBytes}`);
      return write(name, content, at);
    };
    const save = this.document.write.bind(this.document);
    this.document.write = (content) => {
      this.journal.push('save');
      return save(content);
    };
  }

  get progress(): Progress {
    return this.monitor.progress.at(-1)!;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Starts the collector on what the folder holds, and lets it run until this moment or until `stop`. */
  async run(untilMs: number): Promise<void> {
    this.#untilMs = untilMs;
    this.#stop = new AbortController();
    this.clock.isConfirmed = false;
    const schedule = scheduleOf({ frequency: 60, late_window: 0, timedelta: 0, ...this.#settings });
    const { clock, document, buckets, log, monitor } = this;
    const startTimeMs = this.#settings.startTimeMs ?? 60_000;
    const source = this.#source();
    const ledger = await Ledger.open({ document, buckets, schedule, source: source.name, clock, log, startTimeMs });
    const parts = { source, sink: this.#sink(), ledger, schedule, clock, monitor, log };
    await new Collector(parts).run(this.#stop.signal);
  }

  #source(): Source {
    const ask = (range: TimeRange, index: number) => {
      this.journal.push(`ask ${index} of ${inWords(range)}`);
      if (index === 0) this.asked.push({ range, atMs: this.clock.trueMs });
      if (this.asked.length > 10_000) throw new Error('the collector asks and asks, and time stands still');
      this.clock.work(this.pageMs);
      this.#stopInTime();
    };
    const pagesOf = (range: TimeRange) => this.pagesOf(range);
    const { clock } = this;
    const confirms = () => this.confirms();
    const beforePage = (index: number, options: ReadOptions) => this.beforePage(index, options);
    return {
      name: 'scripted',
      limits: this.#settings.limits ?? { pageRows: 2000, rangeMs: 10 * 86_400_000 },
      async *pages(range, signal, options = {}): AsyncGenerator<Page, void, undefined> {
        for (const [index, page] of pagesOf(range).entries()) {
          await beforePage(index, options);
          // Ending quietly is the worst that a source may do when it is aborted.
          if (signal.aborted) return;
          ask(range, index);
          // Only what never came has no date.
          const isDated = !(page instanceof UnavailableError) || page instanceof PlanAgainError;
          if (isDated && confirms()) clock.isConfirmed = true;
          if (page instanceof Error) throw page;
          yield page;
        }
      },
    };
  }

  #sink(): Sink {
    const acknowledge = (records: readonly TraceRecord[]) => {
      const ids = records.map((it) => `${it.traceId ?? '?'} ${it.status ?? '?'}`);
      this.journal.push(`deliver ${ids.join(', ')}`);
      this.delivered.push(...ids);
    };
    const receiptsFor = (records: readonly TraceRecord[]) => this.receiptsFor(records);
    return {
      async *deliver(rows, signal): AsyncGenerator<Receipt, void, undefined> {
        const records = rows.map(({ record }) => record);
        for (const receipt of receiptsFor(records)) {
          await Promise.resolve();
          signal.throwIfAborted();
          if (receipt instanceof Error) throw receipt;
          acknowledge(records.slice(receipt.from, receipt.to));
          yield receipt;
        }
      },
      reject: (row, reason) => {
        this.rejected.push({ row, reason });
        return Promise.resolve();
      },
    };
  }

  #stopInTime(): void {
    if (this.clock.trueMs >= this.#untilMs) this.stop();
  }
}

export function pageOf(...records: TraceRecord[]): Page {
  return { records, unreadable: [] };
}

/** Receipts for chunks of this many records. */
export function chunksOf(size: number): (records: readonly TraceRecord[]) => Receipt[] {
  return (records) =>
    Array.from({ length: Math.ceil(records.length / size) }, (_, index) => ({
      from: index * size,
      to: Math.min((index + 1) * size, records.length),
      rejected: [],
    }));
}

function inWords({ start, end }: TimeRange): string {
  return [start, end].map((time) => new Date(time).toISOString().slice(11, 19)).join('–');
}
