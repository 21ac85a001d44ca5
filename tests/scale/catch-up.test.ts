import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestRecord } from '@local/testbed';
import { allArrivedOnce, day, hour, minute, Scenario, second } from '../support/scenario.js';

const reporting = 'an account on the Reporting Web Service';
const graph = 'an application on Microsoft Graph';
/** What Microsoft allows a tenant in 5 minutes, and a trigger that keeps to what it does by default. */
const realQuota = { quotaRequests: 100 };
const byDefault = { max_requests_per_5_minutes: undefined, frequency: 60 };

let scenario: Scenario;
/** When each row was delivered first, by trace id. */
const deliveredAt = new Map<string, number>();
beforeEach(() => deliveredAt.clear());
afterEach(() => scenario.close());

async function open(options: Parameters<typeof Scenario.open>[0]): Promise<void> {
  scenario = await Scenario.open({
    seed: 6,
    onEvents: (events) => {
      for (const event of events) {
        const traceId = /"MessageTraceId":"([^"]+)"/.exec(event)?.[1];
        if (traceId !== undefined && !deliveredAt.has(traceId)) deliveredAt.set(traceId, Date.now());
      }
    },
    ...options,
  });
}

/** How long each row that was received since an instant was visible before it was delivered, in milliseconds. */
function delaysSince(instantMs: number): number[] {
  return [...scenario.simulator.world.history(Date.now())]
    .filter((row) => row.receivedMs >= instantMs)
    .map((row) => (deliveredAt.get(row.traceId) ?? Infinity) - row.visibleFromMs);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

describe('catching up', () => {
  test.each([
    [29, 3000, reporting],
    [28, 40_000, graph],
  ] as const)('%i quiet days with %i rows take %s at most 20 requests', async (days, rows, signInScenario) => {
    await open({ signInScenario, graph: realQuota });
    const now = Date.now();
    scenario.simulator.world.add({ rows, from: now - days * day + minute, to: now });
    await scenario.start({ ...byDefault, start_time: days * 24 });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    await scenario.started[0]!.stop();
    const { requests } = scenario.service.requests.totals;
    print(`${days} quiet days with ${rows} rows, ${signInScenario}: ${requests} requests`);
    expect(requests).toBeLessThanOrEqual(20);
  });

  test('28 busy days with 200,000 rows take at most 1.3 × rows / 2,000 requests, and fresh mail is delivered within a poll and 2 s', async () => {
    await open({ signInScenario: reporting });
    const now = Date.now();
    const frequency = 5;
    const rows = 200_000;
    scenario.simulator.world.add({ rows, from: now - 28 * day + minute, to: now });
    const mail = scenario.simulator.world.live({ rowsPerHour: 3600, from: now });
    const polls: RequestRecord<string>[] = [];
    scenario.simulator.server.requests.on((request) => {
      if ((request.startMs ?? 0) >= now - minute) polls.push(request);
    });
    await scenario.start({ start_time: 672, frequency });
    await scenario.intake.until(({ events }) => events >= rows, { withinMs: 170 * second });
    mail.stop();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    await scenario.started[0]!.stop();

    const delays = delaysSince(now);
    const requests = scenario.simulator.server.requests.totals.requests - polls.length;
    print(
      `28 busy days, ${reporting}: ${requests} requests, ${polls.length} polls of fresh mail, ` +
        `${delays.length} fresh rows, slowest ${Math.max(...delays)} ms`,
    );
    expect(requests).toBeLessThanOrEqual((1.3 * rows) / 2000);
    expect(delays.length).toBeGreaterThan(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual((frequency + 2) * second);
  });
});

describe('stopped for a day', () => {
  test.each([reporting, graph] as const)(
    'the first new row is delivered at the first poll, and the day behind it completely: %s',
    async (signInScenario) => {
      await open({ signInScenario });
      const now = Date.now();
      const { world } = scenario.simulator;
      world.add({ rows: 30_000, from: now - 25 * hour, to: now });
      // Yesterday, by Microsoft's clock, which is the one that counts.
      scenario.setServiceClock(-day);
      const yesterday = await scenario.start({ frequency: 2 });
      await scenario.untilNoneIsMissing();
      await scenario.untilAsked(3);
      await yesterday.stop();

      scenario.setServiceClock(0);
      const { requests } = scenario.service;
      const asked = requests.totals.requests;
      const missing = (await scenario.report()).missing;
      expect(missing).toBeGreaterThan(20_000);
      const newest = [...world.visibleRows(Date.now())].at(-1)!;
      let pollsUntilNewest: number | undefined;
      const watch = setInterval(() => {
        if (pollsUntilNewest === undefined && deliveredAt.has(newest.traceId)) {
          pollsUntilNewest = requests.totals.requests - asked;
        }
      }, 5);
      await scenario.start({ frequency: 2 });
      const report = await scenario.untilNoneIsMissing();
      clearInterval(watch);
      expect(report).toMatchObject(allArrivedOnce);
      print(
        `after a day, ${signInScenario}: newest of ${missing} rows there after ${pollsUntilNewest ?? '?'} requests`,
      );
      expect(pollsUntilNewest).toBeLessThanOrEqual(2);
    },
  );
});
