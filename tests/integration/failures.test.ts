import { afterEach, describe, expect, test } from '@jest/globals';
import { passingFaults, type TokenFault, type SignInScenarioName } from '@local/testbed';
import type { IntakeFault } from '@local/testbed';
import { lives } from '../support/lives.js';
import { messagesAt } from '../support/log-entries.js';
import { allArrivedOnce, hour, minute, Scenario, second } from '../support/scenario.js';
import { signInScenarioNames } from '../support/sign-in-scenarios.js';

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

/** What the token service does on a bad day. */
const tokenFaults: TokenFault[] = [...passingFaults, 'temporarily-unavailable', 'no-fields-200'];

describe('while 10 % of the answers of either side fail', () => {
  test.concurrent.each(lives(signInScenarioNames))(
    'no row is lost and none is repeated on the way of %s [F-01]',
    async (signInScenario) => {
      const scenario = await Scenario.open({
        signInScenario,
        seed: 2,
        intake: { faults: { share: 0.1, kinds: intakeFaults, seed: 2 } },
        // Short-lived, so that the token service has something to fail at.
        tokenService: { tokenLifetimeSeconds: 5 },
      });
      try {
        const { world, tokenService } = scenario.simulator;
        scenario.service.faults.failAtRandom({ share: 0.1, kinds: passingFaults });
        tokenService.faults.failAtRandom({ share: 0.4, kinds: tokenFaults });
        const now = Date.now();
        world.add({ rows: 6000, from: now - hour + minute, to: now, changingShare: 0.1, changeSeconds: [1, 10] });
        world.add({ rows: 300, from: now, to: now + 15 * second, lateShare: 0.3, lateSeconds: [1, 5] });
        await scenario.start({ chunk_size: 200 });
        await scenario.intake.until(({ events }) => events >= 6200, { withinMs: 90 * second });
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, now + 21 * second - Date.now())));
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        expect(scenario.intake.totals().results['accepted']).toBeLessThan(scenario.intake.totals().requests);
        const { byResult, requests } = tokenService.requests.totals;
        if (scenario.signInScenario.api === 'graph') expect(byResult.token).toBeLessThan(requests);
      } finally {
        await scenario.close();
      }
    },
  );
});

describe('killed five times while 9,000 rows are collected', () => {
  test.each(lives(signInScenarioNames, 2))(
    'no row is lost, and a kill repeats one chunk at most, on the way of %s [F-45]',
    async (signInScenario) => {
      const chunk = 250;
      const scenario = await Scenario.open({ signInScenario, seed: 3 });
      try {
        const now = Date.now();
        scenario.simulator.world.add({ rows: 9000, from: now - hour + minute, to: now });
        for (let kill = 1; kill <= 5; kill += 1) {
          const trigger = await scenario.start({ chunk_size: chunk });
          const { events } = scenario.intake.totals();
          await scenario.intake.until((totals) => totals.events >= events + 1000 + kill * 137);
          await trigger.kill();
        }
        await scenario.start({ chunk_size: chunk });
        const report = await scenario.untilNoneIsMissing();
        expect(report).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
        expect(report.repeated).toBeLessThanOrEqual(5 * chunk);
      } finally {
        await scenario.close();
      }
    },
  );
});

describe('a service that pages in its own way', () => {
  const reporting = 'an account on the Reporting Web Service';
  const graph = 'an application on Microsoft Graph';

  let scenario: Scenario;
  afterEach(() => scenario.close());

  async function openWithMail(signInScenario: SignInScenarioName): Promise<void> {
    scenario = await Scenario.open({ signInScenario, seed: 4 });
    const now = Date.now();
    scenario.simulator.world.add({ rows: 5000, from: now - 20 * minute, to: now });
  }

  test.each([
    [
      reporting,
      'it answers full pages without a link, and counts offsets from the row named',
      { paging: 'skiptoken', skiptokenStarts: 'at' },
    ],
    [
      reporting,
      'it answers full pages without a link, and counts offsets after the row named',
      { paging: 'skiptoken', skiptokenStarts: 'after' },
    ],
    [reporting, 'it gives relative links', { paging: 'relative-link' }],
    [reporting, 'it answers "value" in place of "d.results"', { dialect: 'odata-3' }],
    [reporting, 'it answers "value" and gives relative links', { dialect: 'odata-3', paging: 'relative-link' }],
    [reporting, 'it answers a bare list', { dAsArray: true }],
    [reporting, 'it counts its bounds as outside', { inclusiveBounds: false }],
    [graph, 'its pages hold fewer rows than were asked for', { pageRows: 700 }],
    [graph, 'it gives times with seven fraction digits', { sevenFractionDigits: true }],
    [graph, 'it spells statuses in PascalCase', { statusSpelling: 'PascalCase' }],
    [graph, 'it spells statuses in upper case', { statusSpelling: 'UPPERCASE' }],
  ] as const)('is read completely by %s when %s', async (signInScenario, _, behaviour) => {
    await openWithMail(signInScenario);
    Object.assign(scenario.service.options, behaviour);
    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });

  test.each([reporting, graph] as const)(
    'is read completely by %s when rows appear while its pages are read',
    async (signInScenario) => {
      await openWithMail(signInScenario);
      if (signInScenario === reporting) scenario.simulator.server.options.stablePages = false;
      Object.assign(scenario.service.options, { pageRows: 500, latencyMs: 100 });
      const now = Date.now();
      const mail = { rows: 500, from: now - 5 * second, to: now, lateShare: 1, lateSeconds: [5, 6] as const };
      scenario.simulator.world.add(mail);
      await scenario.start();
      await new Promise((resolve) => setTimeout(resolve, 6 * second));
      expect(await scenario.untilNoneIsMissing()).toMatchObject({ ...allArrivedOnce, visible: 5500 });
    },
  );

  test.each([reporting, graph] as const)(
    'is not followed to another host by %s, which never sees the credentials, and is read all the same [F-12]',
    async (signInScenario) => {
      await openWithMail(signInScenario);
      const elsewhere = await Scenario.open();
      try {
        const { options, faults } = scenario.service;
        Object.assign(options, { foreignOrigin: elsewhere.simulator.origin, pageRows: 2000 });
        faults.failNext('link-to-another-host', 2);
        let linkedAt = NaN;
        scenario.service.requests.on(({ result }) => {
          if (result === 'link-to-another-host' && Number.isNaN(linkedAt)) linkedAt = performance.now();
        });
        let toldAt = NaN;
        const onLine = ({ text }: { text: string }) => {
          scenario.output.push(text);
          if (text.includes('MT-FOREIGN-LINK') && Number.isNaN(toldAt)) toldAt = performance.now();
        };
        await scenario.start({}, { onLine });
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        expect(toldAt - linkedAt).toBeLessThan(2 * second);
        const { server, graph: otherGraph } = elsewhere.simulator;
        expect([server, otherGraph].map(({ requests }) => requests.totals.requests)).toEqual([0, 0]);
        const [told] = messagesAt('error', scenario.output);
        expect(told).toContain(`gave a link to another host (${elsewhere.simulator.origin}). It was not followed`);
        expect(messagesAt('critical', scenario.output)).toEqual([]);
      } finally {
        await elsewhere.close();
      }
    },
  );
});
