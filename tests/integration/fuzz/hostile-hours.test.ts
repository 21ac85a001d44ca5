import { expect, test } from '@jest/globals';
import { MailWorld, startSimulator } from '@local/testbed';
import { Collector } from '../../../src/collector/collector.js';
import type { Receipt, Sink } from '../../../src/model/ports.js';
import { Ledger } from '../../../src/collector/ledger.js';
import { scheduleOf } from '../../support/schedule.js';
import { eventText } from '../../../src/message-trace/event-text.js';
import { Quota } from '../../../src/microsoft/http/quota.js';
import type { Access } from '../../../src/sekoia/access.js';
import { sourceFor } from '../../../src/sekoia/source-for.js';
import { HostileFront } from '../../support/hostile-front.js';
import { skipWaits } from '../../support/fast-forward.js';
import { MemoryBuckets, MemoryDocument } from '../../support/memory-storage.js';
import { signInMeans, transportWith } from '../../support/outbound.js';
import { RecordingLog } from '../../support/recording-log.js';
import { RecordingMonitor } from '../../support/recording-monitor.js';
import { SimulatedClock } from '../../support/simulated-clock.js';
import { account, application, domain, organization } from '../../support/sign-in-scenarios.js';
import { guidance } from '../../support/microsoft/reading.js';

const hour = 3_600_000;
const startMs = Date.UTC(2026, 10, 23, 9);
const seed = Number(process.env['FUZZ_SEED']) || 1;

const accesses: Record<string, Access> = {
  'the Reporting Web Service': {
    api: 'reporting_web_service',
    credentials: { kind: 'basic', ...account },
    guidance,
    organization: undefined,
  },
  'Microsoft Graph': {
    api: 'graph',
    credentials: {
      kind: 'token',
      tenant: application.tenantId,
      clientId: application.clientId,
      identity: { clientSecret: application.clientSecret },
    },
    guidance,
    organization: undefined,
  },
};

test.each(Object.entries(accesses))(
  'after hours in which %s answers every third request with anything, every row has been delivered once, and nothing was thrown',
  async (_, access) => {
    skipWaits();
    const clock = new SimulatedClock(startMs);
    const world = new MailWorld({ seed, organization, domain });
    const simulator = await startSimulator({
      world,
      // Small pages, so that there are links.
      options: { ...account, now: () => clock.trueMs, pageRows: 100 },
      graph: { pageRows: 100 },
      tokenService: { ...application, tokenLifetimeSeconds: 900 },
    });
    const front = await HostileFront.open(simulator.origin, { seed, kinds: ['instead', 'cut off', 'mixed'] });
    try {
      world.add({ rows: 300, from: startMs - hour, to: startMs + hour, lateShare: 0.2, lateSeconds: [60, 900] });
      const log = new RecordingLog();
      const source = sourceFor(
        access,
        {
          apiUrl: front.urlFor(access.api === 'graph' ? simulator.graphUrl : simulator.apiUrl),
          authorityUrl: front.urlFor(simulator.authorityUrl),
        },
        {
          transport: transportWith({ mark: () => clock.mark() }),
          quota: new Quota({
            limit: 90,
            now: () => clock.trueMs,
            sleep: (waitMs, signal) => clock.sleep(waitMs, signal),
          }),
          hide: () => () => undefined,
          now: () => clock.trueMs,
          ...signInMeans(),
        },
      );
      const delivered: string[] = [];
      const schedule = scheduleOf({ frequency: 60, timedelta: 0, late_window: 1440 });
      const storage = { document: new MemoryDocument(), buckets: new MemoryBuckets() };
      const live = async (durationMs: number) => {
        const stop = new AbortController();
        const untilMs = clock.trueMs + durationMs;
        const limited = clockUntil(clock, untilMs, stop);
        const parts = { schedule, clock: limited, log };
        const ledger = await Ledger.open({ ...storage, ...parts, source: source.name, startTimeMs: hour });
        const sink = sinkInto(delivered);
        await new Collector({ ...parts, source, sink, ledger, monitor: new RecordingMonitor() }).run(stop.signal);
      };
      front.share = 0.4;
      await live(hour);
      front.share = 0;
      await live(hour);

      const times = new Map<string, number>();
      for (const name of delivered) times.set(name, (times.get(name) ?? 0) + 1);
      const rows = [...world.visibleRows(clock.trueMs - 120_000)];
      const wrong = rows.filter(({ traceId, recipient }) => times.get(`${traceId} ${recipient}`) !== 1);
      expect(rows).toHaveLength(300);
      expect(wrong).toEqual([]);
      expect(front.done.instead + front.done['cut off']).toBeGreaterThan(10);
      expect(front.done.mixed).toBeGreaterThan(5);
      for (const { message } of log.lines) {
        expect(message.length).toBeLessThan(2000);
        expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }
    } finally {
      await front.close();
      await simulator.close();
    }
  },
);

/** The clock until a moment, at which it aborts the code that sleeps by it. */
function clockUntil(clock: SimulatedClock, untilMs: number, stop: AbortController) {
  return {
    isConfirmed: true,
    correctionMs: 0,
    systemMs: () => clock.systemMs(),
    now: () => clock.now(),
    mark: () => clock.mark(),
    sleep: async (durationMs: number, signal: AbortSignal) => {
      await clock.sleep(Math.min(durationMs, untilMs - clock.trueMs), signal);
      if (clock.trueMs >= untilMs) stop.abort();
    },
  };
}

function sinkInto(delivered: string[]): Sink {
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- an intake that acknowledges at once
    async *deliver(rows): AsyncGenerator<Receipt, void, undefined> {
      const records = rows.map(({ record }) => record);
      if (records.length === 0) return;
      for (const record of records) {
        eventText(record, { eventFormat: 'normalized', intakeFormat: 'message_trace' });
        delivered.push(`${record.traceId ?? '?'} ${record.recipient ?? '?'}`);
      }
      yield { from: 0, to: records.length, rejected: [] };
    },
    reject: (row) => {
      JSON.stringify(row);
      return Promise.resolve();
    },
  };
}
