import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestRecord } from '@local/microsoft365-simulator';
import { allArrivedOnce, day, hour, minute, Scenario, second } from '../support/scenario.js';

let scenario: Scenario;
/** When each of the fresh rows was delivered, by trace id. */
const deliveredAt = new Map<string, number>();
beforeEach(async () => {
  deliveredAt.clear();
  scenario = await Scenario.open({
    seed: 6,
    onEvents: (events) => {
      for (const event of events) {
        const traceId = /"MessageTraceId":"([^"]+)"/.exec(event)?.[1];
        if (traceId !== undefined && !deliveredAt.has(traceId)) deliveredAt.set(traceId, Date.now());
      }
    },
  });
});
afterEach(() => scenario.close());

describe('catching up', () => {
  test('29 quiet days with 3,000 rows take at most 20 requests', async () => {
    const now = Date.now();
    scenario.simulator.world.add({ rows: 3000, from: now - 29 * day + minute, to: now });
    await scenario.start({ start_time: 696, frequency: 60 });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    await scenario.started[0]!.stop();
    const { requests } = scenario.simulator.server.requests.totals;
    process.stdout.write(`29 quiet days: ${requests} requests\n`);
    expect(requests).toBeLessThanOrEqual(20);
  });

  test('28 busy days with 200,000 rows take at most 1.3 × rows / 2,000 requests, and fresh mail is delivered within a poll and 2 s', async () => {
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

    const fresh = [...scenario.simulator.world.history(Date.now())].filter((row) => row.receivedMs >= now);
    const delays = fresh.map((row) => (deliveredAt.get(row.traceId) ?? Infinity) - row.visibleFromMs);
    const requests = scenario.simulator.server.requests.totals.requests - polls.length;
    process.stdout.write(
      `28 busy days: ${requests} requests, ${polls.length} polls of fresh mail, ${fresh.length} fresh rows, slowest ${Math.max(...delays)} ms\n`,
    );
    expect(requests).toBeLessThanOrEqual((1.3 * rows) / 2000);
    expect(fresh.length).toBeGreaterThan(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual((frequency + 2) * second);
  });
});

describe('stopped for a day', () => {
  test('the first new row is delivered at the first poll, and the day behind it completely', async () => {
    const now = Date.now();
    const { world, server } = scenario.simulator;
    world.add({ rows: 30_000, from: now - 25 * hour, to: now });
    // Yesterday, by Microsoft's clock, which is the one that counts.
    server.options.clockOffsetMs = -day;
    const yesterday = await scenario.start({ frequency: 2 });
    await scenario.untilNoneIsMissing();
    await scenario.untilAsked(3);
    await yesterday.stop();

    server.options.clockOffsetMs = 0;
    const asked = server.requests.totals.requests;
    const missing = (await scenario.report()).missing;
    expect(missing).toBeGreaterThan(20_000);
    const newest = [...world.visibleRows(Date.now())].at(-1)!;
    let pollsUntilNewest: number | undefined;
    const watch = setInterval(() => {
      if (pollsUntilNewest === undefined && deliveredAt.has(newest.traceId)) {
        pollsUntilNewest = server.requests.totals.requests - asked;
      }
    }, 5);
    await scenario.start({ frequency: 2 });
    const report = await scenario.untilNoneIsMissing();
    clearInterval(watch);
    expect(report).toMatchObject(allArrivedOnce);
    process.stdout.write(`after a day: newest of ${missing} rows there after ${pollsUntilNewest ?? '?'} requests\n`);
    expect(pollsUntilNewest).toBeLessThanOrEqual(2);
  });
});
