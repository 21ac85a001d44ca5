import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { failureRun } from '../../support/failure-run.js';
import { lives } from '../../support/lives.js';
import { messagesAt } from '../../support/log-entries.js';
import { allArrivedOnce, hour, minute, second, type Scenario } from '../../support/scenario.js';

/** Mail of the last half minute by the tenant's clock, all of it visible. */
function addMail(scenario: Scenario): void {
  const now = scenario.service.nowMs();
  scenario.simulator.world.add({ rows: 50, from: now - 30 * second, to: now });
}

/** How far reading has come, by what a restart would go on from, in ms since 1970. */
async function readBefore({ dataFolder }: Scenario): Promise<number> {
  const context = JSON.parse(await readFile(join(dataFolder, 'context.json'), 'utf8')) as {
    most_recent_date_requested: string;
  };
  return Date.parse(context.most_recent_date_requested);
}

describe('the tenant’s clock jumps while the module runs', () => {
  const reporting = 'an account on the Reporting Web Service';
  const graph = 'an application on Microsoft Graph';

  const jumps = [
    { signInScenario: reporting, jump: '10 minutes', jumpMs: 10 * minute },
    { signInScenario: reporting, jump: '3 hours', jumpMs: 3 * hour },
    { signInScenario: graph, jump: '10 minutes', jumpMs: 10 * minute },
    { signInScenario: graph, jump: '3 hours', jumpMs: 3 * hour },
  ] as const;

  test.concurrent.each(lives(jumps, 3))(
    'ahead by $jump, back, and after a restart a day ahead: nothing is lost or repeated, and no watermark stays in the future: $signInScenario [F-18]',
    async ({ signInScenario, jumpMs }) => {
      await failureRun({ signInScenario, seed: 81 }, async (scenario) => {
        const expectNoFuture = async () => {
          // Dates are cut to the second, and what is written was true a moment ago.
          expect(await readBefore(scenario)).toBeLessThanOrEqual(scenario.service.nowMs() + 5 * second);
        };

        addMail(scenario);
        const first = await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await expectNoFuture();

        scenario.setServiceClock(jumpMs);
        addMail(scenario);
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await expectNoFuture();

        scenario.setServiceClock(0);
        addMail(scenario);
        // What was received meanwhile is not there yet, by the tenant's clock.
        expect(await scenario.untilNoneIsMissing()).toMatchObject({ missing: 0, repeated: 0, unknown: 50 });
        // A second answer makes the first one believed, and the next plan goes by it.
        await scenario.untilAsked(4);
        await expectNoFuture();
        expect(messagesAt('warning', scenario.output).some((message) => message.includes('[MT-CLOCK]'))).toBe(true);
        // A day later all time has been read for the last time.
        scenario.setServiceClock(25 * hour);
        addMail(scenario);
        // After a start, two answers are enough.
        await first.stop();
        await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await scenario.untilAsked(3);
        expect(await scenario.report()).toMatchObject({ ...allArrivedOnce, visible: 200 });
        await expectNoFuture();
        expect([...messagesAt('error', scenario.output), ...messagesAt('critical', scenario.output)]).toEqual([]);
      });
    },
  );
});
