import { expect, test } from '@jest/globals';
import { startIntake, type Intake } from '@local/testbed';
import { RepeatsByRun } from '../support/repeats-by-run.js';
import { SeededRandom } from '../support/seeded-random.js';
import { day, Scenario, second } from '../support/scenario.js';
import { intakeKey } from '../support/sign-in-scenarios.js';

test.each([
  [20, 'an account on the Reporting Web Service'],
  [20, 'an application on Microsoft Graph'],
] as const)(
  'killed %i times at random moments, while catching up and in steady state, no row is lost and a kill repeats one chunk at most: %s',
  async (kills, signInScenario) => {
    const chunk = 500;
    const random = new SeededRandom(8);
    const repeats = new RepeatsByRun();
    const scenario = await Scenario.open({
      signInScenario,
      seed: 8,
      onEvents: (events) => repeats.deliver(kills, events),
    });
    const intakes: Intake[] = [];
    try {
      const now = Date.now();
      const { world } = scenario.simulator;
      world.add({ rows: 60_000, from: now - 3 * day, to: now });
      const mail = world.live({
        rowsPerHour: 72_000,
        from: now,
        lateShare: 0.2,
        lateSeconds: [1, 10],
        changingShare: 0.2,
        changeSeconds: [1, 10],
      });
      for (let run = 0; run < kills; run += 1) {
        // An intake of its own: what a killed run has sent may be read when the next one runs already.
        const intake = await startIntake({
          intakeKey,
          onEvents: (events) => {
            scenario.audit.deliver(events);
            repeats.deliver(run, events);
          },
        });
        intakes.push(intake);
        const trigger = await scenario.start({ chunk_size: chunk, start_time: 73, intake_server: intake.url });
        await intake.until(({ events }) => events > 0);
        await new Promise((resolve) => setTimeout(resolve, random.between(0, 2500)));
        await trigger.kill();
      }
      await scenario.start({ chunk_size: chunk, start_time: 73 });
      mail.stop();
      // The last row that is 10 s late changes its status 10 s after that.
      await new Promise((resolve) => setTimeout(resolve, 21 * second));
      const report = await scenario.untilNoneIsMissing(120 * second);
      const byKill = repeats.repeated.slice(0, kills);
      process.stdout.write(`repeated by each kill, ${signInScenario}: ${byKill.join(' ')}\n`);
      expect(report).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
      expect(repeats.repeated[kills]).toBe(0);
      expect(Math.max(...byKill)).toBeLessThanOrEqual(chunk);
      // Most moments are not between an acknowledgement and its being written down.
      expect(byKill.filter((rows) => rows === 0).length).toBeGreaterThan(kills / 4);
    } finally {
      await scenario.close();
      await Promise.all(intakes.map((intake) => intake.close()));
    }
  },
  8 * 60 * second,
);
