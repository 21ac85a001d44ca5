import { expect, test } from '@jest/globals';
import { SeededRandom } from '../support/seeded-random.js';
import { day, Scenario, second } from '../support/scenario.js';

test.each([
  [20, 'an account on the Reporting Web Service'],
  [10, 'an application on Microsoft Graph'],
] as const)(
  'killed %i times at random moments, while catching up and in steady state, no row is lost and a kill repeats one chunk at most: %s',
  async (kills, way) => {
    const chunk = 500;
    const random = new SeededRandom(8);
    const scenario = await Scenario.open({ way, seed: 8 });
    /** Rows that had been repeated by the end of each run. */
    const repeatedBy: number[] = [];
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
      for (let kill = 1; kill <= kills; kill += 1) {
        const trigger = await scenario.start({ chunk_size: chunk, start_time: 73 });
        const { events } = scenario.intake.totals();
        await scenario.intake.until((totals) => totals.events > events);
        await new Promise((resolve) => setTimeout(resolve, random.between(0, 2500)));
        await trigger.kill();
        repeatedBy.push((await scenario.report()).repeated);
      }
      await scenario.start({ chunk_size: chunk, start_time: 73 });
      mail.stop();
      // The last row that is 10 s late changes its status 10 s after that.
      await new Promise((resolve) => setTimeout(resolve, 21 * second));
      const report = await scenario.untilNoneIsMissing(120 * second);
      repeatedBy.push(report.repeated);
      // What a kill repeats, the run after it does.
      const repeats = repeatedBy.slice(1).map((repeated, run) => repeated - repeatedBy[run]!);
      process.stdout.write(`repeated by each kill, ${way}: ${repeats.join(' ')}\n`);
      expect(report).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
      expect(repeatedBy[0]).toBe(0);
      expect(Math.max(...repeats)).toBeLessThanOrEqual(chunk);
      // Most moments are not between an acknowledgement and its being written down.
      expect(repeats.filter((rows) => rows === 0).length).toBeGreaterThan(kills / 4);
    } finally {
      await scenario.close();
    }
  },
  8 * 60 * second,
);
