import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ServerClock, type ClockFinding } from '../../../src/collector/clock.js';
import { CLOCK_TOLERANCE_MS } from '../../../src/collector/set-aside.js';
import { SimulatedTime } from '../../support/simulated-time.js';

const toSecond = (timeMs: number) => Math.floor(timeMs / 1000) * 1000;

/**
 * An answer: when the request was sent by the true time, how long it took each way, and what the module's clock is
 * wrong by.
 */
const responses = fc.record({
  sentMs: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  thereMs: fc.integer({ min: 0, max: 5000 }),
  backMs: fc.integer({ min: 0, max: 5000 }),
});

/** What the clock believes after this answer, while its own error is `errorMs` and grows with no correction. */
function observeThrough(
  clock: ServerClock,
  errorMs: number,
  response: { sentMs: number; thereMs: number; backMs: number },
): void {
  const { sentMs, thereMs, backMs } = response;
  clock.observe(
    toSecond(sentMs + thereMs),
    () => sentMs + errorMs + clock.correctionMs,
    () => sentMs + thereMs + backMs + errorMs + clock.correctionMs,
  );
}

describe('an answer of Microsoft', () => {
  test('never disturbs a clock that is right, however its date is rounded and however long it took', () => {
    fc.assert(
      fc.property(responses, (response) => {
        const clock = new ServerClock();
        observeThrough(clock, 0, response);
        expect(clock.correctionMs).toBe(0);
      }),
    );
  });

  test('corrects a wrong clock as far as it proves it wrong: never too far, and to within a second and the time it took', () => {
    const errors = fc.integer({ min: -300_000, max: 300_000 });
    fc.assert(
      fc.property(errors, fc.array(responses, { minLength: 1, maxLength: 5 }), (errorMs, sequence) => {
        const clock = new ServerClock();
        for (const response of sequence) observeThrough(clock, errorMs, response);
        const left = errorMs + clock.correctionMs;
        expect(Math.abs(left)).toBeLessThanOrEqual(Math.abs(errorMs));
        expect(left * errorMs).toBeGreaterThanOrEqual(0);
        const shortest = Math.min(...sequence.map(({ thereMs, backMs }) => thereMs + backMs));
        expect(Math.abs(left)).toBeLessThanOrEqual(1000 + shortest);
      }),
    );
  });

  test.each([
    ['ahead', { dateMs: 100_000, sentMs: 161_500, receivedMs: 162_000 }, -60_500],
    ['behind', { dateMs: 100_000, sentMs: 39_000, receivedMs: 40_000 }, 60_000],
  ])(
    'corrects a clock that is %s to the edge of what is possible',
    (_, { dateMs, sentMs, receivedMs }, correctionMs) => {
      const clock = new ServerClock();
      clock.observe(
        dateMs,
        () => sentMs,
        () => receivedMs,
      );
      expect(clock.correctionMs).toBe(correctionMs);
    },
  );
});

test('tells the system’s time until it is corrected, and a mark tells when it was by what is known later', () => {
  const clock = new ServerClock();
  const from = Date.now();
  const mark = clock.mark();
  const now = clock.now();
  expect(now).toBeGreaterThanOrEqual(mark());
  expect(Math.abs(now - from)).toBeLessThan(60_000);

  const marked = mark();
  answered(clock, 60_000);
  expect(mark() - marked).toBeCloseTo(60_000, 0);
  expect(clock.now() - now).toBeGreaterThanOrEqual(60_000 - 1);
});

/** An answer whose date is so much later than the system's clock. */
function answered(clock: ServerClock, aheadMs: number): void {
  clock.observe(
    aheadMs,
    () => 0,
    () => 0,
  );
}

describe('a date that is far off', () => {
  const year = 365 * 86_400_000;

  test('is believed once a second answer agrees, and the clock is confirmed only then', () => {
    const clock = new ServerClock();
    answered(clock, year);
    expect([clock.correctionMs, clock.isConfirmed]).toEqual([0, false]);
    answered(clock, year + 1000);
    expect([clock.correctionMs, clock.isConfirmed]).toEqual([year + 1000, true]);
  });

  test.each([year, -year])('(%i ms) among right ones changes nothing, however often it comes alone', (wrongMs) => {
    const clock = new ServerClock();
    for (let time = 0; time < 5; time += 1) {
      answered(clock, 0);
      answered(clock, wrongMs);
    }
    expect([clock.correctionMs, clock.isConfirmed]).toEqual([0, true]);
  });

  test('is not confirmed by another one that is far off too', () => {
    const clock = new ServerClock();
    answered(clock, year);
    answered(clock, 2 * year);
    expect([clock.correctionMs, clock.isConfirmed]).toEqual([0, false]);
  });
});

describe('once confirmed', () => {
  const start = Date.UTC(2026, 10, 1, 12);

  function clockOfMachine() {
    const time = new SimulatedTime(start);
    const findings: ClockFinding[] = [];
    const clock = new ServerClock({ time, onFinding: (finding) => findings.push(finding) });
    const responseDated = (offMs: number, afterMs = 1000) => {
      time.work(afterMs);
      const mark = clock.mark();
      clock.observe(toSecond(time.trueMs + offMs), mark, mark);
    };
    responseDated(0);
    return { time, clock, findings, responseDated };
  }

  test.each([6 * 60_000, 2 * 3_600_000, -30 * 60_000, 60_000])(
    'a date that both clocks of the machine contradict (%i ms) is not believed for a minute, and is reported once',
    (offMs) => {
      const { clock, findings, responseDated } = clockOfMachine();
      for (let responses = 0; responses < 59; responses += 1) responseDated(offMs);
      expect(Math.abs(clock.correctionMs)).toBeLessThan(1000);
      expect(findings.map(({ kind }) => kind)).toEqual(['doubted']);
      for (let responses = 0; responses < 20; responses += 1) responseDated(offMs);
      expect(Math.abs(clock.correctionMs - offMs)).toBeLessThan(2000);
      expect(findings.map(({ kind }) => kind)).toEqual(['doubted', 'corrected']);
    },
  );

  test('one right date among the wrong ones begins the minute anew', () => {
    const { clock, responseDated } = clockOfMachine();
    for (let responses = 0; responses < 2000; responses += 1) responseDated(responses % 50 === 0 ? 0 : 3_600_000);
    expect(Math.abs(clock.correctionMs)).toBeLessThan(1000);
  });

  test.each([4_000, -4_000])('many dates that are each a little off (%i ms) do not add up', (stepMs) => {
    const { clock, responseDated } = clockOfMachine();
    for (let responses = 0; responses < 500; responses += 1) responseDated(Math.round(clock.correctionMs) + stepMs, 30);
    // Less than what makes progress doubtful.
    expect(Math.abs(clock.correctionMs)).toBeLessThan(CLOCK_TOLERANCE_MS);
  });

  test('a date that the clock on the wall agrees with is believed with the second answer: the machine slept', () => {
    const { time, clock, responseDated } = clockOfMachine();
    time.wallErrorMs = 3_600_000;
    responseDated(3_600_000);
    responseDated(3_600_000);
    expect(Math.abs(clock.correctionMs - 3_600_000)).toBeLessThan(2000);
  });

  test('a start among wrong dates is corrected with the second right one', () => {
    const time = new SimulatedTime(start);
    const clock = new ServerClock({ time });
    for (const offMs of [600_000, 600_000, 0, 0]) {
      time.work(1000);
      const mark = clock.mark();
      clock.observe(toSecond(time.trueMs + offMs), mark, mark);
    }
    expect(Math.abs(clock.correctionMs)).toBeLessThan(2000);
  });
});

describe('sleep', () => {
  test('ends at once, without an error, when it is aborted', async () => {
    const controller = new AbortController();
    const sleeping = new ServerClock().sleep(3_600_000, controller.signal);
    controller.abort();
    await expect(sleeping).resolves.toBeUndefined();
  });

  test.each([
    ['when it has been aborted before', 3_600_000, AbortSignal.abort()],
    ['when there is nothing to wait for', -5, new AbortController().signal],
  ])('does not begin %s', async (_, durationMs, signal) => {
    await expect(new ServerClock().sleep(durationMs, signal)).resolves.toBeUndefined();
  });

  test('of more than the longest timer does not end at once', async () => {
    const controller = new AbortController();
    let isAwake = false;
    const sleeping = new ServerClock().sleep(2 ** 40, controller.signal).then(() => (isAwake = true));
    await delay(20);
    expect(isAwake).toBe(false);
    controller.abort();
    await sleeping;
  });
});
