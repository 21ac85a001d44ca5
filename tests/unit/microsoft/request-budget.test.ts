import { describe, expect, test } from '@jest/globals';
import {
  REPORTED_REQUESTS_WITHOUT_PROGRESS as REPORTED,
  REQUEST_WITHOUT_PROGRESS_EVERY_MS as EVERY_MS,
  REQUESTS_WITHOUT_PROGRESS as AT_WILL,
} from '@sekoia/automation-sdk-shim';
import fc from 'fast-check';
import { RequestBudget } from '../../../src/microsoft/http/request-budget.js';

const never = new AbortController().signal;

function budgetOnAClock() {
  const clock = { nowMs: 0 };
  const changes: boolean[] = [];
  const budget = new RequestBudget({
    now: () => clock.nowMs,
    sleep: (durationMs) => {
      clock.nowMs += durationMs;
      return Promise.resolve();
    },
    onChange: (isExhausted) => changes.push(isExhausted),
  });
  const take = async (times: number) => {
    for (let time = 0; time < times; time += 1) await budget.take(never);
  };
  return { budget, clock, changes, take };
}

describe('requests without progress', () => {
  test('are made at once up to the budget, and then one a second', async () => {
    const { clock, changes, take } = budgetOnAClock();
    await take(REPORTED - 1);
    expect([clock.nowMs, changes]).toEqual([0, []]);
    await take(AT_WILL - REPORTED + 1);
    expect([clock.nowMs, changes]).toEqual([0, [true]]);
    await take(60);
    expect(clock.nowMs).toBe(60 * EVERY_MS);
    expect(changes).toEqual([true]);
  });

  test('never wait where each fifth leads to something', async () => {
    const { budget, clock, take } = budgetOnAClock();
    for (let round = 0; round < 1_000; round += 1) {
      await take(4);
      budget.progressed(2);
    }
    expect(clock.nowMs).toBe(0);
  });

  test('count again where polls succeed beside a search that does not', async () => {
    const { budget, clock, take } = budgetOnAClock();
    for (let round = 0; round < 100; round += 1) {
      await take(1 + 20);
      budget.progressed(1);
    }
    expect(clock.nowMs).toBeGreaterThan(100 * (21 - 3 - 1) * EVERY_MS - AT_WILL * EVERY_MS);
  });

  test('are free again after progress or time, which is said once', async () => {
    const { budget, clock, changes, take } = budgetOnAClock();
    await take(AT_WILL + 5);
    budget.progressed(AT_WILL);
    expect(changes).toEqual([true, false]);
    const before = clock.nowMs;
    await take(AT_WILL);
    expect(clock.nowMs).toBe(before);
    await take(1);
    clock.nowMs += AT_WILL * EVERY_MS;
    await take(1);
    // Time alone shows nothing.
    expect(changes).toEqual([true, false, true]);
    budget.progressed(1);
    expect(changes).toEqual([true, false, true, false]);
  });

  test('do not wait once the run is over', async () => {
    const { take } = budgetOnAClock();
    await take(AT_WILL);
    const budget = new RequestBudget({ now: () => 0 });
    for (let time = 0; time < AT_WILL; time += 1) await budget.take(never);
    await expect(budget.take(AbortSignal.abort())).rejects.toBeDefined();
  });
});

test('progress beside a search that leads to nothing does not hide it', async () => {
  const { budget, changes, take } = budgetOnAClock();
  for (let round = 0; round < 100; round += 1) {
    await take(20);
    budget.progressed(1);
  }
  expect(changes).toEqual([true]);
});

test('in any hour, requests are bounded by the budget, by time, and by what they brought', async () => {
  const steps = fc.array(fc.record({ requests: fc.nat(30), worth: fc.nat(3), waitMs: fc.nat(5_000) }), {
    maxLength: 300,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { budget, clock, take } = budgetOnAClock();
      let [requests, worth] = [0, 0];
      for (const step of taken) {
        await take(step.requests);
        budget.progressed(step.worth);
        clock.nowMs += step.waitMs;
        requests += step.requests;
        worth += step.worth;
        expect(requests).toBeLessThanOrEqual(AT_WILL + clock.nowMs / EVERY_MS + 3 * worth + 1e-6);
      }
    }),
  );
});
