import { expect, test } from '@jest/globals';
import { passingFaults, type TokenFault, type TransportFault } from '@local/testbed';
import { failureRun } from '../../support/failure-run.js';
import { lives } from '../../support/lives.js';
import { entriesOf, expectNoHurry, messagesAt } from '../../support/log-entries.js';
import { allArrivedOnce, minute, second, type Scenario } from '../../support/scenario.js';
import { signInScenarioNames } from '../../support/sign-in-scenarios.js';

const asksForMoreTime: TransportFault[] = ['http-503-retry-after-date'];
const tokenFaults: TokenFault[] = [...passingFaults, 'temporarily-unavailable', 'no-fields-200'];

/** Lets a service fail once in each of these ways, one after the other, with new mail each time. */
async function failOnceEach<Kind extends string>(
  scenario: Scenario,
  service: {
    faults: { failNext(kind: Kind): void };
    requests: { totals: { byResult: Partial<Record<Kind, number>> } };
  },
  kinds: readonly Kind[],
): Promise<void> {
  for (const kind of kinds) {
    service.faults.failNext(kind);
    const now = scenario.service.nowMs();
    scenario.simulator.world.add({ rows: 20, from: now - second, to: now });
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    while (service.requests.totals.byResult[kind] === undefined) await scenario.untilAsked(1);
  }
}

/** What the trigger must have told of failures that pass. */
function expectCalm(scenario: Scenario): void {
  expectNoHurry(entriesOf(scenario.output));
  expect(messagesAt('warning', scenario.output)).toContainEqual(
    expect.stringMatching(/Nothing is lost(; trying again)?\. \[MT-UNAVAILABLE\]$/),
  );
  expect([...messagesAt('error', scenario.output), ...messagesAt('critical', scenario.output)]).toEqual([]);
}

test.concurrent.each(lives(signInScenarioNames))(
  'each failure of Microsoft that passes, one after the other, costs no row and repeats none on the way of %s [F-01]',
  async (signInScenario) => {
    await failureRun({ signInScenario, seed: 11 }, async (scenario) => {
      await scenario.start();
      await failOnceEach(scenario, scenario.service, [...passingFaults, ...asksForMoreTime]);
      expect(await scenario.report()).toMatchObject(allArrivedOnce);
      expectCalm(scenario);
    });
  },
);

test.concurrent.each([tokenFaults.slice(0, 5), tokenFaults.slice(5, 9), tokenFaults.slice(9)])(
  'each failure of the token service that passes, one after the other, costs no row: %s, %s, %s, %s … [F-01]',
  async (...faults) => {
    const signInScenario = 'an application on Microsoft Graph';
    // Tokens that end soon. The library rounds to whole seconds: one of a single second may have ended already.
    await failureRun({ signInScenario, seed: 12, tokenService: { tokenLifetimeSeconds: 2 } }, async (scenario) => {
      await scenario.start();
      await failOnceEach(scenario, scenario.simulator.tokenService, faults);
      expect(await scenario.report()).toMatchObject(allArrivedOnce);
      expectCalm(scenario);
    });
  },
);

/** Lets the two minutes that an answer of Microsoft may take pass in two seconds. */
const impatient = `--import=data:text/javascript,${encodeURIComponent(
  'const real = setTimeout; globalThis.setTimeout = (then, ms, ...more) => real(then, ms === 120000 ? 2000 : ms, ...more);',
)}`;

test.concurrent.each(lives(signInScenarioNames, 1))(
  'an answer that does not come within two minutes is given up, and its range is read again, on the way of %s [F-02]',
  async (signInScenario) => {
    await failureRun({ signInScenario, seed: 13, intake: { keep: 'all' } }, async (scenario) => {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 6000, from: now - 20 * minute, to: now });
      const { faults, options, requests } = scenario.service;
      Object.assign(options, { slowResponseMs: 20 * second, pageRows: 2000 });
      faults.failNext('no-answer', 1, { page: 'first' });
      faults.failNext('slow-answer', 1, { page: 'later' });
      const trigger = await scenario.start({}, { nodeArguments: [impatient] });
      await trigger.waitForOutput(/"level":"warning".*gave no complete answer within 120 s.*\[MT-UNAVAILABLE\]/);
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(requests.totals.byResult).toMatchObject({ 'no-answer': 1, 'slow-answer': 1 });
      expectCalm(scenario);
    });
  },
);

test.concurrent('a quota that is used up is waited out, and nothing is lost or repeated [F-03]', async () => {
  const options = {
    signInScenario: 'an application on Microsoft Graph',
    seed: 14,
    // The tenant's window is shorter than the real one; what is left of it, too.
    graph: { quotaRequests: 8, quotaWindowMs: 6 * second, quotaTakenByOthers: 4, pageRows: 500 },
  } as const;
  await failureRun(options, async (scenario) => {
    const now = Date.now();
    scenario.simulator.world.add({ rows: 4000, from: now - 30 * minute, to: now });
    const trigger = await scenario.start();
    await trigger.waitForOutput(/"level":"warning".*asks for fewer requests \(HTTP 429\).*\[MT-UNAVAILABLE\]/);
    expect(await scenario.untilNoneIsMissing(90 * second)).toMatchObject(allArrivedOnce);
    expect(scenario.simulator.graph.requests.totals.byResult['over-quota']).toBeGreaterThan(0);
    expectCalm(scenario);
  });
});
