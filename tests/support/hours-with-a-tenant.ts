import { MailWorld, startSimulator, type SimulatorOptions, type Simulator } from '@local/testbed';
import { Collector } from '../../src/collector/collector.js';
import type { Receipt, Sink, Source } from '../../src/model/ports.js';
import type { TraceRecord } from '../../src/model/record.js';
import { Ledger } from '../../src/collector/ledger.js';
import { scheduleOf } from './schedule.js';
import { Quota } from '../../src/microsoft/http/quota.js';
import { Transport } from '../../src/microsoft/http/transport.js';
import type { Access } from '../../src/sekoia/access.js';
import { sourceFor } from '../../src/sekoia/source-for.js';
import { FakeClock } from './fake-clock.js';
import { MemoryBuckets, MemoryDocument } from './memory-storage.js';
import { outbound, signInMeans } from './outbound.js';
import { RecordingLog } from './recording-log.js';
import { RecordingMonitor } from './recording-monitor.js';
import { account, application } from './sign-in-scenarios.js';

const startMs = Date.UTC(2026, 10, 23, 9);

/** A row as it went out, and when. */
export interface Delivery {
  readonly atMs: number;
  readonly record: TraceRecord;
}

/**
 * A collector and its source with a simulated tenant over HTTP, on one simulated clock. Hours pass as fast as the code
 * waits for them. Only waits between two tries of one request are real, unless they are put on the clock too
 * (`waitOn`).
 */
export class HoursWithATenant {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  readonly log = new RecordingLog();
  readonly monitor = new RecordingMonitor();
  /** `trace id recipient` of each row delivered, in order. */
  readonly delivered: string[] = [];
  readonly deliveries: Delivery[] = [];
  readonly #document = new MemoryDocument();
  readonly #buckets = new MemoryBuckets();
  readonly #source: Source;
  readonly #lateWindow: number;
  #stop = new AbortController();
  #untilMs = Infinity;

  private constructor(simulator: Simulator, clock: FakeClock, access: Access, lateWindow: number) {
    this.simulator = simulator;
    this.clock = clock;
    this.#lateWindow = lateWindow;
    this.#source = this.#sourceFor(access);
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (durationMs, signal) => {
      await sleep(Math.min(durationMs, this.#untilMs - clock.trueMs), signal);
      if (clock.trueMs >= this.#untilMs) this.#stop.abort();
    };
  }

  static async begin(
    access: Access,
    options: Pick<SimulatorOptions, 'graph' | 'tokenService' | 'faultSeed'> & { readonly lateWindow?: number } = {},
  ): Promise<HoursWithATenant> {
    const clock = new FakeClock(startMs);
    const world = new MailWorld({ seed: 1, organization: 'examplecorp.onmicrosoft.com', domain: 'example.corp' });
    const simulator = await startSimulator({
      world,
      options: { ...account, now: () => clock.trueMs },
      ...options,
      tokenService: { ...application, ...options.tokenService },
    });
    return new HoursWithATenant(simulator, clock, access, options.lateWindow ?? 1440);
  }

  /** Lets so much time pass, with one poll a minute. Whatever was remembered before is known. */
  async live(durationMs: number): Promise<void> {
    this.#untilMs = this.clock.trueMs + durationMs;
    this.#stop = new AbortController();
    const { clock, log, monitor } = this;
    const source = this.#source;
    const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: this.#lateWindow });
    const ledger = await Ledger.open({
      document: this.#document,
      buckets: this.#buckets,
      schedule,
      source: source.name,
      clock,
      log,
      startTimeMs: 3_600_000,
    });
    await new Collector({ source, sink: this.#sink(), ledger, schedule, clock, monitor, log }).run(this.#stop.signal);
  }

  /** Every row that the tenant has shown for two polls and that was not delivered exactly once. */
  get wrong(): string[] {
    const times = new Map<string, number>();
    for (const name of this.delivered) times.set(name, (times.get(name) ?? 0) + 1);
    const rows = [...this.simulator.world.visibleRows(this.clock.trueMs - 120_000)];
    return rows.map(({ traceId, recipient }) => `${traceId} ${recipient}`).filter((name) => times.get(name) !== 1);
  }

  #sourceFor(access: Access): Source {
    const { clock, simulator } = this;
    const now = () => clock.trueMs;
    const addresses = {
      apiUrl: access.api === 'graph' ? simulator.graphUrl : simulator.apiUrl,
      authorityUrl: simulator.authorityUrl,
    };
    return sourceFor(access, addresses, {
      transport: new Transport({
        ...outbound,
        mark: () => clock.mark(),
        onDate: () => {
          clock.isConfirmed = true;
        },
      }),
      quota: new Quota({ limit: 90, now, sleep: (waitMs, signal) => clock.sleep(waitMs, signal) }),
      hide: () => () => undefined,
      now,
      ...signInMeans((sentence) => this.log.warning(sentence)),
      dateMs: now,
    });
  }

  #sink(): Sink {
    const { delivered, deliveries, clock } = this;
    return {
      // eslint-disable-next-line @typescript-eslint/require-await -- an intake that acknowledges at once
      async *deliver(rows): AsyncGenerator<Receipt, void, undefined> {
        const records = rows.map(({ record }) => record);
        if (records.length === 0) return;
        delivered.push(...records.map(({ traceId, recipient }) => `${traceId ?? '?'} ${recipient ?? '?'}`));
        deliveries.push(...records.map((record) => ({ atMs: clock.trueMs, record })));
        yield { from: 0, to: records.length, rejected: [] };
      },
      reject: () => Promise.resolve(),
    };
  }
}
