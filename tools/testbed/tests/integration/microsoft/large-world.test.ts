import { expect, test } from '@jest/globals';
import { hourMs, newWorld, nowMs } from '../../support/client.js';

test('holds a million and a half rows in less than 60 MB', () => {
  const before = process.memoryUsage().arrayBuffers;
  const world = newWorld();
  world.add({ rows: 1_500_000, from: nowMs - 29 * 24 * hourMs, to: nowMs, lateShare: 0.2, changingShare: 0.2 });
  expect(world.count).toBe(1_500_000);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60_000_000);
  const lastHour = world.select({ fromMs: nowMs - hourMs, toMs: nowMs, inclusive: false }, nowMs);
  expect(lastHour.length).toBeGreaterThan(1_000);
  expect(world.row(lastHour[0]!, nowMs).receivedMs).toBeLessThan(nowMs);
});
