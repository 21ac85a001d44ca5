import { expect, test } from '@jest/globals';
import { failureRun } from '../../support/failure-run.js';
import { messagesAt } from '../../support/log-entries.js';
import { allArrivedOnce, minute, second, type Scenario } from '../../support/scenario.js';
import { wayNames, type WayName } from '../../support/ways.js';

const wrong = 'n0t~the-"right"+one';

const advice: Readonly<Record<WayName, RegExp>> = {
  'an account on the Reporting Web Service':
    /refused access.*Check account_name and account_password.*\[MT-SETTINGS\]$/s,
  'an account on Microsoft Graph': /AADSTS50126.*correct account_name and account_password.*\[MT-SETTINGS\]$/s,
  'an application on Microsoft Graph':
    /AADSTS7000215.*client_secret must be its Value, not its Secret ID.*\[MT-SETTINGS\]$/s,
};

/** How often who asks was asked for a proof. */
function proofs({ simulator, way }: Scenario): number {
  const { server, tokenService } = simulator;
  return (way.api === 'reporting_web_service' ? server : tokenService).requests.totals.requests;
}

test.concurrent.each(wayNames)(
  'a wrong secret is tried three times a minute at most, and told in one critical log with what to do: %s',
  async (way) => {
    await failureRun(
      { way, seed: 71 },
      async (scenario) => {
        const endMs = Date.now() + minute;
        const trigger = await scenario.start({ [scenario.way.secret]: wrong });
        await trigger.waitForOutput(/"level":"critical"/);
        await new Promise((resolve) => setTimeout(resolve, endMs - Date.now()));
        expect(proofs(scenario)).toBeGreaterThan(0);
        expect(proofs(scenario)).toBeLessThanOrEqual(3);
        expect(messagesAt('critical', scenario.output)).toEqual([expect.stringMatching(advice[way])]);
        expect((await trigger.health()).status).toBe(500);
      },
      [wrong],
    );
  },
);

test.concurrent(
  'a service that refuses who asks, for a moment, is asked again after a minute, and nothing is lost',
  async () => {
    await failureRun({ way: 'an account on the Reporting Web Service', seed: 25 }, async (scenario) => {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 300, from: now - 10 * minute, to: now });
      scenario.simulator.server.faults.failNext('http-401');
      const trigger = await scenario.start();
      await trigger.waitForOutput(
        /"level":"critical".*refused access \(HTTP 401.*Trying again in 1 min.*\[MT-SETTINGS\]/,
      );
      expect((await trigger.health()).status).toBe(500);
      await trigger.waitForOutput(/Reading works again after 2 min/, { withinMs: 75 * second });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect((await trigger.health()).status).toBe(200);
      expect(messagesAt('critical', scenario.output).length).toBe(1);
    });
  },
);
