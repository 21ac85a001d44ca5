import { describe, expect, test } from '@jest/globals';
import { rowOfEvent } from '../support/expected-event.js';
import { allArrivedOnce, minute, Scenario, second } from '../support/scenario.js';
import { lives } from '../support/lives.js';
import { signInScenarioNames } from '../support/sign-in-scenarios.js';

describe('rows that appear late and statuses that change', () => {
  test.concurrent.each(lives(signInScenarioNames, 2))(
    'are all delivered on the way of %s, each once, soon after they appeared',
    async (signInScenario) => {
      const scenario = await Scenario.open({ signInScenario, seed: 5, intake: { keep: 'all' } });
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
        await scenario.start({ event_format: 'enriched' });
        // The last row that is 60 s late changes its status 40 s after that.
        await new Promise((resolve) => setTimeout(resolve, 101 * second));
        const report = await scenario.untilNoneIsMissing(9 * second);
        expect(report).toMatchObject({ ...allArrivedOnce, visible: 2000 });
        expectChangesToBeTold(scenario);
      } finally {
        await scenario.close();
      }
    },
  );
});

/** Each event after the first of its row names the status of the one before; a late one, how late it is. */
function expectChangesToBeTold(scenario: Scenario): void {
  const before = new Map<string, string>();
  const delays: number[] = [];
  let changes = 0;
  for (const text of scenario.intake.events()) {
    const event = JSON.parse(text) as Record<string, unknown>;
    const { message_trace: fields } = event['office365'] as { message_trace: Record<string, unknown> };
    const row = rowOfEvent(event);
    if (before.has(row)) changes += 1;
    expect(fields['previous_status']).toBe(before.get(row));
    before.set(row, String(fields['Status']));
    if (fields['late_by_seconds'] !== undefined) delays.push(Number(fields['late_by_seconds']));
  }
  expect(changes).toBeGreaterThan(20);
  expect(delays.length).toBeGreaterThan(10);
  // The latest appears after a minute, and is read within seconds.
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...delays)).toBeLessThan(400);
}
