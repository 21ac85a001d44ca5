import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { busiestWindow, QuotaTestBed, windowMs } from '../../support/quota-test-bed.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const hourMs = 3_600_000;
const limits = fc.integer({ min: 1, max: 120 });
/**
 * What passes between two requests: nothing, as with several callers at once, or any time, with the ends of a window
 * among them.
 */
const gaps = fc.oneof(
  { arbitrary: fc.constant(0), weight: 4 },
  { arbitrary: fc.integer({ min: 1, max: 5000 }), weight: 4 },
  fc.integer({ min: 1, max: 2 * windowMs }),
  fc.constantFrom(windowMs - 1, windowMs, windowMs + 1, windowMs / 2),
);

/** How many may be sent at once. */
function atWillOf(limit: number): number {
  return Math.ceil((limit * 2) / 3);
}

/** By the words of the class: the rest of the limit is spread over the five minutes. */
function spacingOf(limit: number): number {
  return windowMs / Math.max(1, limit - atWillOf(limit));
}

async function ask(testBed: QuotaTestBed, gapsMs: readonly number[], meanwhile: () => void = () => undefined) {
  for (const gapMs of gapsMs) {
    testBed.nowMs += gapMs;
    await testBed.take();
    meanwhile();
  }
}

describe('whatever is asked for, and when,', () => {
  test('no five minutes hold more requests than the limit, and they go out in the order in which they came', async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(gaps, { maxLength: 400 }), async (limit, gapsMs) => {
        const testBed = new QuotaTestBed(limit);
        await ask(testBed, gapsMs);
        expect(busiestWindow(testBed.sentMs)).toBeLessThanOrEqual(limit);
        expect(testBed.sentMs).toEqual([...testBed.sentMs].sort((one, other) => one - other));
      }),
      runs(300),
    );
  });

  test('the same holds while refusals lower the limit and it is won back', async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(gaps, { maxLength: 400 }), fc.nat(), async (limit, gapsMs, seed) => {
        const testBed = new QuotaTestBed(limit);
        const random = new SeededRandom(seed);
        await ask(testBed, gapsMs, () => {
          if (random.chance(0.02)) testBed.quota.exceeded();
        });
        expect(busiestWindow(testBed.sentMs)).toBeLessThanOrEqual(limit);
      }),
      runs(200),
    );
  });

  test('nobody waits longer behind the one before than the requests are spaced', async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(gaps, { maxLength: 400 }), async (limit, gapsMs) => {
        const testBed = new QuotaTestBed(limit);
        await ask(testBed, gapsMs);
        for (const [index, { askedMs, sentMs }] of testBed.requests.entries()) {
          const before = testBed.requests[index - 1]?.sentMs ?? -Infinity;
          expect(sentMs).toBeGreaterThanOrEqual(askedMs);
          expect(sentMs - Math.max(askedMs, before)).toBeLessThanOrEqual(spacingOf(limit) + 0.001);
        }
      }),
      runs(300),
    );
  });

  test('after five minutes of rest two thirds of the limit go at once', async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(gaps, { maxLength: 200 }), async (limit, gapsMs) => {
        const testBed = new QuotaTestBed(limit);
        await ask(testBed, gapsMs);
        const rested = Math.ceil(Math.max(testBed.nowMs, ...testBed.sentMs)) + windowMs;
        testBed.nowMs = rested;
        const atWill = atWillOf(limit);
        await ask(testBed, Array<number>(atWill + 1).fill(0));
        const sentMs = testBed.sentMs.slice(-atWill - 1);
        expect(sentMs.slice(0, atWill)).toEqual(Array(atWill).fill(rested));
        expect(sentMs[atWill]).toBeGreaterThan(rested);
      }),
      runs(200),
    );
  });
});

interface Tenant {
  readonly seed: number;
  /** What the quota is configured with. */
  readonly limit: number;
  /** How others bunch their requests: the share that follows at once on the one before. */
  readonly burstiness: number;
  /** Whether the service counts what it refuses. */
  readonly countsRejections: boolean;
}

/** When others send theirs: at arbitrary times, half of the tenant's quota in the busiest five minutes. */
function requestsOfOthers({ seed, burstiness }: Tenant, untilMs: number): number[] {
  const random = new SeededRandom(seed);
  const sentMs: number[] = [];
  const half = 50;
  for (let at = 0; at < untilMs;) {
    at += random.chance(burstiness) ? 0 : random.between(0, (2 * windowMs) / half / (1 - burstiness));
    at = Math.max(at, (sentMs.at(-half) ?? -Infinity) + windowMs);
    sentMs.push(at);
  }
  return sentMs;
}

/**
 * A backlog is read for some hours, page after page, with a rest of a minute after a refusal, as Microsoft asks for.
 */
async function readABacklog(tenant: Tenant, durationMs: number) {
  const testBed = new QuotaTestBed(tenant.limit);
  const others = requestsOfOthers(tenant, durationMs)[Symbol.iterator]();
  let other = others.next();
  let counted: number[] = [];
  const refusedMs: number[] = [];
  const answeredMs: number[] = [];
  while (testBed.nowMs < durationMs) {
    const sentMs = await testBed.take();
    for (; other.done !== true && other.value <= sentMs; other = others.next()) counted.push(other.value);
    counted = counted.filter((at) => at > sentMs - windowMs);
    const isRefused = counted.length >= 100;
    if (!isRefused || tenant.countsRejections) counted.push(sentMs);
    (isRefused ? refusedMs : answeredMs).push(sentMs);
    if (isRefused) testBed.quota.exceeded();
    testBed.nowMs = sentMs + (isRefused ? 60_000 : 3000);
  }
  return { refusedMs, answeredMs };
}

/** How many there are in each hour. */
function byHour(instantsMs: readonly number[], hours: number): number[] {
  const hourOf = (atMs: number) => Math.floor(atMs / hourMs);
  return Array.from({ length: hours }, (_, hour) => instantsMs.filter((atMs) => hourOf(atMs) === hour).length);
}

test('where others use half of the quota, reading goes on for ever, and is refused six times an hour at most', async () => {
  const tenants: fc.Arbitrary<Tenant> = fc.record({
    seed: fc.nat(),
    limit: fc.constantFrom(90, 100),
    burstiness: fc.constantFrom(0, 0.5, 0.95),
    countsRejections: fc.boolean(),
  });
  const hours = 6;
  await fc.assert(
    fc.asyncProperty(tenants, async (tenant) => {
      const { refusedMs, answeredMs } = await readABacklog(tenant, hours * hourMs);
      expect(Math.max(...byHour(refusedMs, hours))).toBeLessThanOrEqual(6);
      // Half of the quota would be 600.
      expect(Math.min(...byHour(answeredMs, hours))).toBeGreaterThanOrEqual(300);
      const pausesMs = answeredMs.slice(1).map((at, index) => at - answeredMs[index]!);
      expect(Math.max(...pausesMs)).toBeLessThanOrEqual(windowMs);
    }),
    // Always the same tenants: others can be as unlucky as they like, once in ten thousand times.
    { ...runs(50), seed: 1 },
  );
});
