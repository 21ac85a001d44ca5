import { expect, test } from '@jest/globals';
import { type SignInScenarioName } from '@local/testbed';
import { failureRun } from '../../support/failure-run.js';
import { messagesAt } from '../../support/log-entries.js';
import { allArrivedOnce, minute, second, type Scenario } from '../../support/scenario.js';
import { signInScenarioNames } from '../../support/sign-in-scenarios.js';

const wrong = 'n0t~the-"right"+one';

const guidance: Readonly<Record<SignInScenarioName, RegExp>> = {
  'an account on the Reporting Web Service':
    /refused access.*Check account_name and account_password.*\[MT-SETTINGS\]$/s,
  'an account on Microsoft Graph': /AADSTS50126.*correct account_name and account_password.*\[MT-SETTINGS\]$/s,
  'an application on Microsoft Graph':
    /AADSTS7000215.*client_secret must be its Value, not its Secret ID.*\[MT-SETTINGS\]$/s,
};

/** How often who asks was asked for a proof. */
function proofs({ simulator, signInScenario }: Scenario): number {
  const { server, tokenService } = simulator;
  return (signInScenario.api === 'reporting_web_service' ? server : tokenService).requests.totals.requests;
}

test.concurrent.each(signInScenarioNames)(
  'a wrong secret is tried three times a minute at most, and told in one critical log with what to do: %s [F-13]',
  async (signInScenario) => {
    await failureRun(
      { signInScenario, seed: 71 },
      async (scenario) => {
        const endMs = Date.now() + minute;
        const trigger = await scenario.start({ [scenario.signInScenario.secret]: wrong });
        await trigger.waitForOutput(/"level":"critical"/);
        await new Promise((resolve) => setTimeout(resolve, endMs - Date.now()));
        expect(proofs(scenario)).toBeGreaterThan(0);
        expect(proofs(scenario)).toBeLessThanOrEqual(3);
        expect(messagesAt('critical', scenario.output)).toEqual([expect.stringMatching(guidance[signInScenario])]);
        expect(await trigger.health()).toMatchObject({ status: 200, body: { status: 'misconfigured' } });
      },
      [wrong],
    );
  },
);

test.concurrent(
  'a refusal before anything has worked is critical at once, and tried again after a minute; nothing is lost [F-13]',
  async () => {
    await failureRun({ signInScenario: 'an account on the Reporting Web Service', seed: 25 }, async (scenario) => {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 300, from: now - 10 * minute, to: now });
      scenario.simulator.server.faults.failNext('http-401');
      const trigger = await scenario.start();
      await trigger.waitForOutput(
        /"level":"critical".*refused access \(HTTP 401.*Trying again in 1 min.*\[MT-SETTINGS\]/,
      );
      expect(await trigger.health()).toMatchObject({ status: 200, body: { status: 'misconfigured' } });
      await trigger.waitForOutput(/Reading works again after 2 min/, { withinMs: 75 * second });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(await trigger.health()).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect(messagesAt('critical', scenario.output).length).toBe(1);
    });
  },
);

test.concurrent.each(signInScenarioNames)(
  'two refusals in a row of a session that works are passed within seconds, as warnings: %s [F-13]',
  async (signInScenario) => {
    await failureRun({ signInScenario, seed: 26 }, async (scenario) => {
      const { world } = scenario.simulator;
      world.add({ rows: 300, from: Date.now() - 10 * minute, to: Date.now() });
      await scenario.start();
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      scenario.service.faults.failNext('http-401', 2);
      world.add({ rows: 50, from: Date.now() - second, to: Date.now() });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(messagesAt('critical', scenario.output)).toEqual([]);
      expect(messagesAt('warning', scenario.output).join('\n')).toContain('It worked before, so this may pass');
    });
  },
);

test.concurrent('a wrong password is not tried sooner because the container is restarted [F-13]', async () => {
  await failureRun(
    { signInScenario: 'an account on the Reporting Web Service', seed: 72 },
    async (scenario) => {
      const { world } = scenario.simulator;
      world.add({ rows: 300, from: Date.now() - 10 * minute, to: Date.now() });
      const first = await scenario.start({ account_password: wrong });
      await first.waitForOutput(/"level":"critical"/);
      await first.kill();
      const tried = proofs(scenario);
      const restarted = await scenario.start({ account_password: wrong });
      await restarted.waitForOutput(
        /"level":"warning".*These credentials were refused before the restart.*the next try is in/,
      );
      expect(await restarted.health()).toMatchObject({ status: 200, body: { status: 'misconfigured' } });
      expect(proofs(scenario)).toBe(tried);
      expect(messagesAt('critical', scenario.output)).toHaveLength(1);
      await restarted.kill();
      await scenario.start();
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    },
    [wrong],
  );
});
