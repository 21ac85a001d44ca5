import { describe, expect, test } from '@jest/globals';
import { Quota } from '../../../src/microsoft/http/quota.js';
import { busiestWindow, QuotaTestBed, windowMs } from '../../support/quota-test-bed.js';

const regainedEveryMs = 1.5 * windowMs;
const second = 1000;
const never = new AbortController().signal;

describe('of ninety requests in five minutes', () => {
  test('sixty go at once, and after that one every ten seconds', async () => {
    const testBed = new QuotaTestBed(90);
    await testBed.takeInARow(70);
    expect(testBed.sentMs).toEqual([
      ...Array<number>(60).fill(0),
      ...Array.from({ length: 10 }, (_, index) => (index + 1) * 10 * second),
    ]);
  });

  test('those that come together wait in line', async () => {
    const testBed = new QuotaTestBed(90);
    for (let number = 0; number < 63; number += 1) await testBed.take();
    expect(testBed.sentMs.slice(59)).toEqual([0, 10 * second, 20 * second, 30 * second]);
  });

  test('one that comes later than its turn goes at once', async () => {
    const testBed = new QuotaTestBed(90);
    await testBed.takeInARow(60);
    testBed.nowMs = 17 * second;
    expect(await testBed.take()).toBe(17 * second);
    expect(await testBed.take()).toBe(27 * second);
  });

  test('a request counts for five minutes and not longer', async () => {
    const testBed = new QuotaTestBed(90);
    await testBed.takeInARow(30);
    testBed.nowMs = windowMs - 1;
    expect(testBed.quota.used).toBe(30);
    testBed.nowMs = windowMs;
    expect(testBed.quota.used).toBe(0);
    await testBed.takeInARow(30);
    expect(testBed.sentMs.slice(-30)).toEqual(Array(30).fill(windowMs));
  });

  test('a poll every minute never waits', async () => {
    const testBed = new QuotaTestBed(90);
    for (let minute = 0; minute < 60; minute += 1) {
      testBed.nowMs = minute * 60 * second;
      expect(await testBed.take()).toBe(testBed.nowMs);
    }
  });

  test('a backlog of any length uses almost all, and no more', async () => {
    const testBed = new QuotaTestBed(90);
    await testBed.takeInARow(600);
    expect(busiestWindow(testBed.sentMs)).toBe(89);
    const lastFiveMinutes = testBed.sentMs.filter((at) => at > testBed.nowMs - windowMs);
    expect(lastFiveMinutes.length).toBeGreaterThanOrEqual(60);
  });
});

test.each([1, 2, 3])('also a limit of %i lets requests through', async (limit) => {
  const testBed = new QuotaTestBed(limit);
  await testBed.takeInARow(4);
  expect(busiestWindow(testBed.sentMs)).toBeLessThanOrEqual(limit);
  expect(testBed.nowMs).toBeLessThanOrEqual(3 * windowMs);
});

describe('a refusal', () => {
  /** How long the first request waits that does not go at once. */
  async function spacingMs(testBed: QuotaTestBed): Promise<number> {
    for (;;) {
      const sentMs = await testBed.take();
      if (sentMs > testBed.nowMs) return Math.round(sentMs - testBed.nowMs);
    }
  }

  const spacingOf = (limit: number) => Math.round(windowMs / Math.max(1, limit - Math.ceil((limit * 2) / 3)));

  test('halves what is used, where half of it is in use', async () => {
    const testBed = new QuotaTestBed(90);
    await testBed.takeInARow(45);
    testBed.quota.exceeded();
    expect(await spacingMs(testBed)).toBe(spacingOf(45));
  });

  test.each([1, 20, 44])(
    'while only %i of 90 are in use changes nothing: half of them would be refused, too',
    async (used) => {
      const testBed = new QuotaTestBed(90);
      await testBed.takeInARow(used);
      testBed.quota.exceeded();
      expect(await spacingMs(testBed)).toBe(spacingOf(90));
    },
  );

  test('that comes again within five minutes, as the same request is tried again, changes nothing', async () => {
    const testBed = new QuotaTestBed(90);
    await testBed.takeInARow(45);
    for (let time = 0; time < 5; time += 1) testBed.quota.exceeded();
    expect(await spacingMs(testBed)).toBe(spacingOf(45));
  });

  test('in each seven and a half minutes halves it again, with what was won back meanwhile', async () => {
    const testBed = new QuotaTestBed(90);
    // 90 → 45, then 54 → 27, then 36 → 18.
    for (const [index, used] of [45, 27, 18].entries()) {
      if (index > 0) testBed.nowMs += regainedEveryMs;
      await testBed.takeInARow(used);
      testBed.quota.exceeded();
    }
    expect(await spacingMs(testBed)).toBe(spacingOf(18));
  });

  test('is forgotten, by a tenth of the limit in seven and a half minutes', async () => {
    const testBed = new QuotaTestBed(90);
    await testBed.takeInARow(45);
    testBed.quota.exceeded();
    const spacings: number[] = [];
    for (let times = 0; times < 8; times += 1) {
      spacings.push(await spacingMs(testBed));
      testBed.nowMs = Math.max(...testBed.sentMs) + regainedEveryMs;
    }
    expect(spacings).toEqual([45, 54, 63, 72, 81, 90, 90, 90].map(spacingOf));
  });
});

describe('who waits', () => {
  test('is told once in five minutes, and how far apart requests are', async () => {
    const testBed = new QuotaTestBed(90);
    await testBed.takeInARow(60);
    expect(testBed.told).toEqual([]);
    await testBed.takeInARow(150);
    expect(testBed.told[0]).toEqual({ atMs: 0, spacingMs: 10 * second });
    expect(testBed.told.length).toBeGreaterThan(1);
    for (const [index, { atMs, spacingMs }] of testBed.told.entries()) {
      expect(spacingMs).toBe(10 * second);
      expect(atMs - (testBed.told[index - 1]?.atMs ?? -Infinity)).toBeGreaterThanOrEqual(windowMs);
    }
  });

  test.each([
    ['is let go at once when it is stopped', (stop: AbortController) => void setTimeout(() => stop.abort(), 10)],
    ['does not begin when it has been stopped', (stop: AbortController) => stop.abort()],
  ])(
    '%s',
    async (_, end) => {
      const quota = new Quota({ limit: 1, now: () => performance.now() });
      await quota.take(never);
      const stop = new AbortController();
      end(stop);
      await expect(quota.take(stop.signal)).rejects.toBeDefined();
    },
    // Far less than the five minutes of its turn.
    30_000,
  );

  test('does so in real time', async () => {
    let nowMs = 0;
    // Its clock is quick: 0.05 s before its turn.
    const quota = new Quota({ limit: 1, now: () => nowMs });
    await quota.take(never);
    nowMs = windowMs - 50;
    const startedMs = performance.now();
    await quota.take(never);
    // A timer may fire a little early by another clock.
    expect(performance.now() - startedMs).toBeGreaterThan(45);
  });
});

test('one that is stopped is not sent, even where it need not wait', async () => {
  const quota = new Quota({ limit: 90, now: () => 0 });
  await expect(quota.take(AbortSignal.abort())).rejects.toBeDefined();
});
