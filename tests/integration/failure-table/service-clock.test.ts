import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { failureRun } from '../../support/failure-run.js';
import { messagesAt } from '../../support/log-entries.js';
import { allArrivedOnce, hour, minute, second, type Scenario } from '../../support/scenario.js';

/** Mail of the last half minute by the tenant's clock, all of it visible. */
function addMail(scenario: Scenario): void {
  const now = scenario.service.nowMs();
  scenario.simulator.world.add({ rows: 50, from: now - 30 * second, to: now });
}

/** The watermarks that a restart would go on from, by the age of their pass in seconds. */
async function watermarks({ dataFolder }: Scenario): Promise<Map<number, string>> {
  const context = JSON.parse(await readFile(join(dataFolder, 'context.json'), 'utf8')) as {
    watermarks: { age_seconds: number; read_before: string }[];
  };
  return new Map(context.watermarks.map(({ age_seconds: age, read_before: before }) => [age, before]));
}

describe('the tenant’s clock jumps while the module runs', () => {
  const reporting = 'an account on the Reporting Web Service';
  const graph = 'an application on Microsoft Graph';

  test.concurrent.each([
    { way: reporting, jump: '10 minutes', jumpMs: 10 * minute },
    { way: reporting, jump: '3 hours', jumpMs: 3 * hour },
    { way: graph, jump: '10 minutes', jumpMs: 10 * minute },
    { way: graph, jump: '3 hours', jumpMs: 3 * hour },
  ] as const)(
    'ahead by $jump, back, and after a restart a day ahead: nothing is lost or repeated, and no watermark moves back: $way',
    async ({ way, jumpMs }) => {
      await failureRun({ way, seed: 81 }, async (scenario) => {
        let before = new Map<number, string>();
        const expectProgress = async () => {
          const now = await watermarks(scenario);
          for (const [age, time] of before) expect(now.get(age)! >= time).toBe(true);
          before = now;
        };

        addMail(scenario);
        const first = await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await expectProgress();

        scenario.setServiceClock(jumpMs);
        addMail(scenario);
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await expectProgress();

        scenario.setServiceClock(0);
        await scenario.untilAsked(1);
        addMail(scenario);
        await expectProgress();
        // A day later all time has been read for the last time.
        scenario.setServiceClock(25 * hour);
        addMail(scenario);
        // Time that was read already is not asked for until it has come: who does not want to wait for that starts the module anew.
        await first.stop();
        await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await scenario.untilAsked(3);
        expect(await scenario.report()).toMatchObject({ ...allArrivedOnce, visible: 200 });
        await expectProgress();
        expect([...messagesAt('error', scenario.output), ...messagesAt('critical', scenario.output)]).toEqual([]);
      });
    },
  );
});
