import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { passingFaults } from '@local/microsoft365-simulator';
import type { IntakeFault } from '@local/playbook-runner';
import { allArrivedOnce, hour, minute, Scenario, second } from '../support/scenario.js';

/** What an intake does on a bad day without having stored anything. */
const intakeFaults: IntakeFault[] = [
  '500',
  '502',
  '503',
  '503-retry-after-seconds',
  '503-retry-after-date',
  '408',
  '425',
  '429',
  '429-retry-after-seconds',
  'reset-before-reading',
  'reset-after-reading',
  'html',
  'cut-off-json',
];

describe('while 10 % of the answers of either side fail', () => {
  test('no row is lost and none is repeated', async () => {
    const scenario = await Scenario.open({ seed: 2, intake: { faults: { share: 0.1, kinds: intakeFaults, seed: 2 } } });
    try {
      const { world, server } = scenario.simulator;
      server.faults.failAtRandom({ share: 0.1, kinds: passingFaults });
      const now = Date.now();
      world.add({ rows: 10_000, from: now - hour + minute, to: now, changingShare: 0.1, changeSeconds: [1, 10] });
      world.add({ rows: 300, from: now, to: now + 15 * second, lateShare: 0.3, lateSeconds: [1, 5] });
      await scenario.start({ chunk_size: 200 });
      await scenario.intake.until(({ events }) => events >= 10_200, { withinMs: 90 * second });
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, now + 21 * second - Date.now())));
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(scenario.intake.totals().results['accepted']).toBeLessThan(scenario.intake.totals().requests);
    } finally {
      await scenario.close();
    }
  });
});

describe('killed five times while 20,000 rows are collected', () => {
  test('no row is lost, and a kill repeats one chunk at most', async () => {
    const chunk = 250;
    const scenario = await Scenario.open({ seed: 3 });
    try {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 20_000, from: now - hour + minute, to: now });
      for (let kill = 1; kill <= 5; kill += 1) {
        const trigger = await scenario.start({ chunk_size: chunk });
        const { events } = scenario.intake.totals();
        await scenario.intake.until((totals) => totals.events >= events + 2000 + kill * 137);
        await trigger.kill();
      }
      await scenario.start({ chunk_size: chunk });
      const report = await scenario.untilNoneIsMissing();
      expect(report).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
      expect(report.repeated).toBeLessThanOrEqual(5 * chunk);
    } finally {
      await scenario.close();
    }
  });
});

describe('a service that pages in its own way', () => {
  let scenario: Scenario;
  beforeEach(async () => {
    scenario = await Scenario.open({ seed: 4 });
    const now = Date.now();
    scenario.simulator.world.add({ rows: 5000, from: now - 20 * minute, to: now });
  });
  afterEach(() => scenario.close());

  test.each([
    [
      'answers full pages without a link, and counts offsets from the row named',
      { paging: 'skiptoken', skiptokenStarts: 'at' },
    ],
    [
      'answers full pages without a link, and counts offsets after the row named',
      { paging: 'skiptoken', skiptokenStarts: 'after' },
    ],
    ['gives relative links', { paging: 'relative-link' }],
    ['answers "value" in place of "d.results"', { dialect: 'odata-3' }],
    ['answers "value" and gives relative links', { dialect: 'odata-3', paging: 'relative-link' }],
    ['answers a bare list', { dAsArray: true }],
    ['counts its bounds as outside', { inclusiveBounds: false }],
  ] as const)('is read completely when it %s', async (_, service) => {
    Object.assign(scenario.simulator.server.options, service);
    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });

  test('is not followed to another host, which never sees the credentials, and is read all the same', async () => {
    const elsewhere = await Scenario.open();
    try {
      scenario.simulator.server.options.foreignOrigin = elsewhere.simulator.origin;
      scenario.simulator.server.faults.failNext('link-to-another-host', 2);
      await scenario.start();
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(elsewhere.simulator.server.requests.totals.requests).toBe(0);
      expect(scenario.output.join('\n')).toContain('gave a link to another host');
    } finally {
      await elsewhere.close();
    }
  });
});
