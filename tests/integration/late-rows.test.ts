import { describe, expect, test } from '@jest/globals';
import { allArrivedOnce, minute, Scenario, second } from '../support/scenario.js';
import { lives } from '../support/lives.js';
import { signInScenarioNames } from '../support/sign-in-scenarios.js';

describe('rows that appear late and statuses that change', () => {
  test.concurrent.each(lives(signInScenarioNames, 2))(
    'are all delivered on the way of %s, each once, soon after they appeared',
    async (signInScenario) => {
      const scenario = await Scenario.open({ signInScenario, seed: 5 });
      try {
        const now = Date.now();
        scenario.simulator.world.add({
          rows: 2000,
          from: now - 4 * minute,
          to: now,
          lateShare: 0.15,
          lateSeconds: [5, 60],
          changingShare: 0.3,
          changeSeconds: [3, 40],
        });
        await scenario.start();
        // The last row that is 60 s late changes its status 40 s after that.
        await new Promise((resolve) => setTimeout(resolve, 101 * second));
        const report = await scenario.untilNoneIsMissing(9 * second);
        expect(report).toMatchObject({ ...allArrivedOnce, visible: 2000 });
      } finally {
        await scenario.close();
      }
    },
  );
});
