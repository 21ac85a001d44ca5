import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pacedBy, slowerPace, startPace } from '../../src/intake/batch-sender.js';
import { runs } from '../support/runs.js';

const limits = { firstMs: 60_000, maxMs: 300_000, maxEvents: 1000 };

interface Run {
  /** Events that were stored again. */
  readonly repeats: number;
  readonly timeOuts: number;
}

/** Sends `events` in batches, halving and growing as the pace says, to an intake that stores whatever it is sent. */
function deliver(events: number, durationMs: (sent: number) => number): Run {
  let pace = startPace(limits);
  let [left, stored, timeOuts] = [events, 0, 0];
  while (left > 0) {
    const sent = Math.min(left, pace.events);
    stored += sent;
    const needsMs = durationMs(sent);
    if (needsMs > pace.responseMs) {
      timeOuts += 1;
      pace = slowerPace(pace, sent, limits);
      if (timeOuts > 100) break;
    } else {
      left -= sent;
      pace = pacedBy(pace, { sent, tookMs: needsMs }, limits);
    }
  }
  return { repeats: stored - events, timeOuts };
}

test.each([
  ['0.5 s for each event', (sent: number) => 500 * sent, 2],
  ['1 s for each event', (sent: number) => 1000 * sent, 3],
  ['10 s for each event', (sent: number) => 10_000 * sent, 6],
  ['90 s, whatever it holds', () => 90_000, 1],
  ['250 s, whatever it holds', () => 250_000, 3],
  ['100 s, and 0.1 s for each event', (sent: number) => 100_000 + 100 * sent, 2],
])('an intake that takes %s gets everything, and repeats stay below two batches', (_what, durationMs, maxTimeOuts) => {
  const { repeats, timeOuts } = deliver(5000, durationMs);
  expect(repeats).toBeLessThan(2 * limits.maxEvents);
  expect(timeOuts).toBeLessThanOrEqual(maxTimeOuts);
});

test('whatever time an intake takes for a request and for each event, below five minutes for one, repeats are bounded', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 90_000 }), (baseMs, eachMs) => {
      const { repeats, timeOuts } = deliver(3000, (sent) => baseMs + eachMs * sent);
      expect(repeats).toBeLessThanOrEqual(2 * limits.maxEvents);
      expect(timeOuts).toBeLessThanOrEqual(10);
    }),
    runs(500),
  );
});

test('an intake that is fast again gets whole batches and the first limit again, within few requests', () => {
  let pace = startPace(limits);
  for (let timeOut = 0; timeOut < 10; timeOut += 1) pace = slowerPace(pace, pace.events, limits);
  expect(pace).toEqual({ events: 1, responseMs: 300_000 });
  let requests = 0;
  while (pace.events < limits.maxEvents || pace.responseMs > limits.firstMs) {
    pace = pacedBy(pace, { sent: pace.events, tookMs: 200 }, limits);
    requests += 1;
  }
  expect(requests).toBeLessThanOrEqual(11);
});

test('a small batch that was quick says nothing of a large one', () => {
  const pace = { events: 200, responseMs: 240_000 };
  expect(pacedBy(pace, { sent: 3, tookMs: 100 }, limits)).toEqual(pace);
  expect(pacedBy(pace, { sent: 3, tookMs: 70_000 }, limits)).toEqual({ events: 200, responseMs: 280_000 });
});
