import { afterEach, describe, expect, test } from '@jest/globals';
import type { GraphFault, ReportingFault } from '@local/testbed';
import { ACCESSES } from '../support/field-case.js';
import { HoursWithATenant } from '../support/hours-with-a-tenant.js';
import { messagesAt } from '../support/log-entries.js';
import { metricValue } from '../support/metric-value.js';
import { allArrivedOnce, day, hour, minute, Scenario } from '../support/scenario.js';

type LinkFault = GraphFault & ReportingFault;

const graph = 'an application on Microsoft Graph';
/** Two fifths of the links encoded once too often, a fifth without a recipient. */
const spoiled = {
  share: 0.6,
  kinds: ['double-encoded-token', 'double-encoded-token', 'empty-recipient-token'],
} as const;
const remedies = ['repaired', 'continued', 'rebuilt', 'retried', 'halved'];

let scenario: Scenario | undefined;
afterEach(async () => {
  await scenario?.close();
  scenario = undefined;
});

/** Lets the trigger read a day of mail, and asserts what it cost. */
async function expectCheapReading(scenario: Scenario, seed: number): Promise<void> {
  const { requests } = scenario.simulator.graph;
  const trigger = await scenario.start({ start_time: 24, frequency: 60, max_requests_per_5_minutes: undefined });
  const report = await scenario.untilNoneIsMissing(150_000);
  const counts = await Promise.all(
    remedies.map(async (remedy) => {
      const count = await metricValue(trigger, 'message_trace_dead_links_total', `remedy="${remedy}"`);
      return `${remedy} ${count}`;
    }),
  );
  const { requests: asked, rows, byResult } = requests.totals;
  process.stdout.write(
    `seed ${seed}: ${asked} requests ${JSON.stringify(byResult)}, ${rows} rows answered, missing ${report.missing}, ` +
      `repeated ${report.repeated}; ${counts.join(', ')}\n`,
  );
  expect(report).toMatchObject(allArrivedOnce);
  expect(asked).toBeLessThanOrEqual(60);
  for (const level of ['warning', 'error', 'critical']) expect(messagesAt(level, scenario.output)).toEqual([]);
}

async function open(seed: number): Promise<Scenario> {
  scenario = await Scenario.open({ signInScenario: graph, seed, graph: { quotaRequests: 100 }, faultSeed: seed });
  scenario.simulator.graph.faults.failAtRandom(spoiled);
  return scenario;
}

describe.each([1, 2, 3])('with three of five links spoiled, seed %i', (seed) => {
  test('60,000 rows of a day take at most 60 requests', async () => {
    const opened = await open(seed);
    const now = Date.now();
    opened.simulator.world.add({ rows: 60_000, from: now - day + minute, to: now });
    await expectCheapReading(opened, seed);
  });

  test('60,000 rows of a day, 5,001 of them of one millisecond, take at most 60 requests', async () => {
    const opened = await open(seed);
    const now = Date.now();
    const { world } = opened.simulator;
    world.add({ rows: 54_999, from: now - day + minute, to: now });
    world.add({ rows: 5_001, recipients: 5_001, from: now - 10 * hour, to: now - 10 * hour + 1 });
    await expectCheapReading(opened, seed);
  });
});

/** The requests that three hundred thousand rows an hour cost in an hour, with the catching up of another. */
async function requestsInAnHour(api: string, share: number, kinds: readonly LinkFault[]): Promise<number> {
  const life = await HoursWithATenant.begin(ACCESSES[api]!);
  const { world } = life.simulator;
  const service = api === 'Microsoft Graph' ? life.simulator.graph : life.simulator.server;
  try {
    world.live({ rowsPerHour: 300_000, from: life.clock.trueMs - hour });
    service.faults.failAtRandom({ share, kinds });
    await life.live(hour);
    const { requests, byResult } = service.requests.totals;
    process.stdout.write(
      `M5 300,000 rows an hour, ${Math.round(share * 100)} % of the links ${kinds.join(' or ')} | ${api} | ` +
        `${requests} requests ${JSON.stringify(byResult)} | wrong rows ${life.wrong.length} | ` +
        `halved ${life.log.lines.filter(({ message }) => message.includes('MT-RANGE-REFUSED')).length} times | ` +
        `error ${life.log.at('error').length}, critical ${life.log.at('critical').length}\n`,
    );
    expect(life.wrong).toEqual([]);
    expect(life.log.at('critical')).toEqual([]);
    return requests;
  } finally {
    await life.simulator.close();
  }
}

describe.each(Object.keys(ACCESSES))('M5: with 300,000 rows an hour on %s', (api) => {
  test.each<[string, number, readonly LinkFault[]]>([
    ['every second link refused', 0.5, ['dead-link-400']],
    ['nine of ten links unknown or gone', 0.9, ['dead-link-404', 'dead-link-410']],
    ['a third of the links to another host', 0.33, ['link-to-another-host']],
  ])(
    '%s: an hour costs no more than one request for each of them',
    async (_, share, kinds) => {
      const without = await requestsInAnHour(api, 0, kinds);
      // Each refused link costs the one request that finds it out.
      expect((await requestsInAnHour(api, share, kinds)) / without).toBeLessThan(1 + share);
    },
    900_000,
  );
});
