import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MailWorld, startSimulator, type Simulator } from '@local/testbed';
import { DeliveryAudit, startIntake, type AuditReport, type Intake } from '@local/testbed';
import { Registry } from 'prom-client';
import { Health } from '../../packages/automation-sdk-shim/src/health.js';
import { HttpClient } from '../../packages/automation-sdk-shim/src/http/http-client.js';
import { IntakeClient } from '../../packages/automation-sdk-shim/src/intake/intake-client.js';
import { createIntakeMetrics } from '../../packages/automation-sdk-shim/src/intake/intake-metrics.js';
import { Log } from '../../packages/automation-sdk-shim/src/log/log.js';
import { Redactor } from '../../packages/automation-sdk-shim/src/log/redactor.js';
import { Collector } from '../../src/collector/collector.js';
import { Ledger } from '../../src/collector/ledger.js';
import { scheduleOf } from './schedule.js';
import { Quota } from '../../src/microsoft/http/quota.js';
import { Transport } from '../../src/microsoft/http/transport.js';
import type { Access } from '../../src/sekoia/access.js';
import { IntakeSink } from '../../src/sekoia/intake-sink.js';
import { RejectedFile } from '../../src/sekoia/dead-letters.js';
import { sourceFor } from '../../src/sekoia/source-for.js';
import { TraceMetrics } from '../../src/sekoia/trace-metrics.js';
import { FakeClock } from './fake-clock.js';
import { TEST_TIMERS } from './test-timers.js';
import type { LogEntry } from './log-entries.js';
import { MemoryBuckets, MemoryDocument, MemoryLines } from './memory-storage.js';
import { outbound, signInMeans } from './outbound.js';
import { account, application, domain, organization } from './sign-in-scenarios.js';

const startMs = Date.UTC(2026, 10, 23, 9);
const intakeKey = 'k3y-of-the-intake';
const settings = { frequency: 60, timedelta: 0, late_window: 1440 };

/**
 * Everything from the simulated tenant to the intake over HTTP, put together as the trigger does it, on one simulated
 * clock. Hours pass as fast as the code waits for them, including the waits between two tries (`waitOn`).
 */
export class HoursOfCollecting {
  readonly clock: FakeClock;
  readonly simulator: Simulator;
  readonly intake: Intake;
  readonly health: Health;
  readonly entries: LogEntry[] = [];
  /** When the intake stored events, in the order in which it did. */
  readonly deliveries: number[];
  readonly #audit: DeliveryAudit;
  readonly #access: Access;
  readonly #log: Log;
  readonly #redactor = new Redactor();
  readonly #http = new HttpClient({ userAgent: outbound.http.userAgent, timers: TEST_TIMERS });

  private constructor(
    parts: Pick<HoursOfCollecting, 'clock' | 'simulator' | 'intake' | 'deliveries'>,
    audit: DeliveryAudit,
    access: Access,
  ) {
    this.clock = parts.clock;
    this.simulator = parts.simulator;
    this.intake = parts.intake;
    this.deliveries = parts.deliveries;
    this.#audit = audit;
    this.#access = access;
    const now = () => this.clock.trueMs;
    const write = (level: string, message: string) => void this.entries.push({ level, atMs: now(), message });
    this.#log = new Log({ redactor: this.#redactor, write, threshold: 'info', now });
    this.health = new Health({ redactor: this.#redactor, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0, now });
  }

  static async begin(access: Access): Promise<HoursOfCollecting> {
    const clock = new FakeClock(startMs);
    const simulator = await startSimulator({
      world: new MailWorld({ seed: 1, organization, domain }),
      options: { ...account, now: () => clock.trueMs },
      tokenService: application,
    });
    const audit = new DeliveryAudit();
    const deliveries: number[] = [];
    const onEvents = (events: readonly string[]) => {
      deliveries.push(clock.trueMs);
      audit.deliver(events);
    };
    const intake = await startIntake({ intakeKey, keep: 0, onEvents });
    return new HoursOfCollecting({ clock, simulator, intake, deliveries }, audit, access);
  }

  /** Collects for so long, with one poll a minute. */
  async live(durationMs: number): Promise<void> {
    const stop = new AbortController();
    this.clock.at(this.clock.trueMs + durationMs, () => stop.abort());
    const log = this.#log;
    const { clock } = this;
    const schedule = scheduleOf(settings);
    const metrics = new TraceMetrics(new Registry(), clock, schedule, {
      lag: () => undefined,
      troubled: () => undefined,
      recovered: () => undefined,
      progress: () => undefined,
      setAside: () => undefined,
      heartbeat: () => undefined,
      quotaUsed: () => 0,
    });
    const source = this.#source();
    const ledger = await Ledger.open({
      document: new MemoryDocument(),
      buckets: new MemoryBuckets(),
      schedule,
      source: source.name,
      clock,
      log,
      startTimeMs: 3_600_000,
    });
    const sink = new IntakeSink({
      intake: this.#client(),
      options: { chunkSize: 1000, eventFormat: 'normalized', intakeFormat: 'message_trace' },
      rejected: new RejectedFile({ storage: new MemoryLines(), now: () => clock.now(), log }),
      metrics,
      log,
      now: () => clock.now(),
    });
    await new Collector({ source, sink, ledger, schedule, clock, monitor: metrics, log }).run(stop.signal);
  }

  /** The rows that the tenant had shown by then against what the intake has stored. */
  async audit(atMs: number): Promise<AuditReport> {
    const rows = this.simulator.world.history(atMs);
    // eslint-disable-next-line @typescript-eslint/require-await -- the audit reads an asynchronous list, as it may come over HTTP
    const visible = async function* () {
      yield* rows;
    };
    return this.#audit.compare(visible());
  }

  async close(): Promise<void> {
    this.#http.close();
    await Promise.all([this.simulator.close(), this.intake.close()]);
  }

  #source() {
    const { clock, simulator } = this;
    const now = () => clock.trueMs;
    const apiUrl = this.#access.api === 'graph' ? simulator.graphUrl : simulator.apiUrl;
    return sourceFor(
      this.#access,
      { apiUrl: apiUrl, authorityUrl: simulator.authorityUrl },
      {
        transport: new Transport({ ...outbound, mark: () => clock.mark() }),
        quota: new Quota({ limit: 90, now, sleep: (waitMs, signal) => clock.sleep(waitMs, signal) }),
        hide: () => () => undefined,
        now,
        ...signInMeans(),
      },
    );
  }

  #client(): IntakeClient {
    return new IntakeClient({
      url: `${this.intake.url}/batch`,
      intakeKey,
      chunkSize: 1000,
      compress: true,
      http: this.#http,
      log: this.#log,
      health: this.health,
      metrics: createIntakeMetrics(new Registry(), intakeKey),
      redactor: this.#redactor,
      now: () => this.clock.trueMs,
      timers: TEST_TIMERS,
    });
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap that are in use once all garbage is gone. */
export function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
