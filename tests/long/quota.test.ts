import { afterEach, describe, expect, test } from '@jest/globals';
import { allArrivedOnce, day, minute, Scenario, second } from '../support/scenario.js';

/** What Microsoft allows a tenant in 5 minutes, and a trigger that keeps to what it does by default. */
const realQuota = { quotaRequests: 100 };
const byDefault = { max_requests_per_5_minutes: undefined, frequency: 60 };

let scenario: Scenario;
afterEach(() => scenario.close());

describe('the quota of Microsoft Graph', () => {
  /**
   * Lets an application with default settings read rows of 28 days and live mail; counts what happens until all have
   * arrived.
   */
  async function catchUp(
    rows: number,
    options: object,
    withinMs: number,
  ): Promise<{ requests: number; refused: number; slowestMs: number }> {
    /** When each row was delivered first, by trace id. */
    const deliveredAt = new Map<string, number>();
    scenario = await Scenario.open({
      seed: 6,
      signInScenario: 'an application on Microsoft Graph',
      graph: { ...realQuota, ...options },
      onEvents: (events) => {
        for (const event of events) {
          const traceId = /"MessageTraceId":"([^"]+)"/.exec(event)?.[1];
          if (traceId !== undefined && !deliveredAt.has(traceId)) deliveredAt.set(traceId, Date.now());
        }
      },
    });
    const now = Date.now();
    const { world, graph: service } = scenario.simulator;
    world.add({ rows, from: now - 28 * day + minute, to: now });
    const mail = world.live({ rowsPerHour: 3600, from: now });
    await scenario.start({ ...byDefault, start_time: 672 });
    await scenario.intake.until(({ events }) => events >= rows, { withinMs });
    mail.stop();
    expect(await scenario.untilNoneIsMissing(withinMs)).toMatchObject(allArrivedOnce);
    await scenario.started[0]!.stop();
    const { requests, byResult } = service.requests.totals;
    const delays = [...world.history(Date.now())]
      .filter((row) => row.receivedMs >= now)
      .map((row) => (deliveredAt.get(row.traceId) ?? Infinity) - row.visibleFromMs);
    const [refused, slowestMs] = [byResult['over-quota'] ?? 0, Math.max(...delays)];
    const seconds = Math.round((Date.now() - now) / second);
    process.stdout.write(
      `${rows} rows, ${JSON.stringify(options)}: ${requests} requests in ${seconds} s, ` +
        `${refused} refused for the quota, slowest fresh row ${slowestMs} ms\n`,
    );
    return { requests, refused, slowestMs };
  }

  test(
    'is not exceeded by 28 busy days with 150,000 rows, and fresh mail need not wait for them',
    async () => {
      const { refused, slowestMs } = await catchUp(150_000, {}, 5 * minute);
      expect(refused).toBe(0);
      // A poll, and a few turns of requests that are spread evenly.
      expect(slowestMs).toBeLessThanOrEqual((byDefault.frequency + 20) * second);
    },
    8 * minute,
  );

  test(
    'is shared: nothing is lost or repeated where others take half of it',
    async () => {
      const { requests } = await catchUp(48_000, { quotaTakenByOthers: 50, pageRows: 1000 }, 7 * minute);
      expect(requests).toBeGreaterThan(50);
    },
    10 * minute,
  );
});
