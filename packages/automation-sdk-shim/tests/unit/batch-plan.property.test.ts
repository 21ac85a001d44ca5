import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BatchPlan, type Experience } from '../../src/intake/batch-plan.js';
import type { Chunk, EncodedEvent } from '../../src/intake/chunks.js';
import type { NotTaken, Reading } from '../../src/intake/reading.js';
import { Waits } from '../../src/intake/waits.js';
import { runs } from '../support/runs.js';

const HOUR_MS = 3_600_000;
/** Far more than any plan below needs once the intake works. */
const MAX_REQUESTS = 20_000;

function chunkOf(size: number, from = 0): Chunk {
  const events = Array.from({ length: size }, (_none, index) => ({
    index: from + index,
    text: `"${from + index}"`,
    serial: from + index,
  }));
  return { from, to: from + size, events, rejected: [] };
}

function notTaken(kind: NotTaken['kind'], perhapsDelivered = false, namesKey = false): NotTaken {
  return { kind, reason: kind, status: undefined, retryAfterMs: undefined, perhapsDelivered, namedEvents: 0, namesKey };
}

function taken(events: readonly EncodedEvent[]): Reading {
  return { kind: 'taken', fates: events.map(() => ({ kind: 'accepted' })), ids: [] };
}

/** An intake that never takes a batch with a bad event, and that is away for stretches of requests. */
class SimulatedIntake {
  readonly stored: number[] = [];
  requests = 0;
  waits = 0;
  nowMs = 0;
  readonly #waits = new Waits({});
  readonly #isBad: (index: number) => boolean;
  readonly #poisonResponse: NotTaken;
  /** For each request, how it fails whatever it holds; undefined where it does not. */
  readonly #outages: (NotTaken | undefined)[];

  constructor(isBad: (index: number) => boolean, poisonResponse: NotTaken, outages: (NotTaken | undefined)[] = []) {
    this.#isBad = isBad;
    this.#poisonResponse = poisonResponse;
    this.#outages = [...outages];
  }

  respond(events: readonly EncodedEvent[]): Reading {
    this.requests += 1;
    const outage = this.#outages.shift();
    if (outage !== undefined) return outage;
    if (events.some(({ index }) => this.#isBad(index))) {
      // A 422 is about the key until the intake has taken something.
      const isAboutEvents = this.#poisonResponse.kind === 'key' && this.stored.length > 0;
      return isAboutEvents ? notTaken('refused') : this.#poisonResponse;
    }
    this.stored.push(...events.map(({ index }) => index));
    return taken(events);
  }

  /** Runs a plan to its end; returns the rejected indices and what was set aside. */
  run(chunk: Chunk, experience: Experience): { rejected: number[]; setAside: number[]; isDone: boolean } {
    const plan = new BatchPlan(chunk, experience);
    const rejected: number[] = [];
    const setAside: number[] = [];
    const receipted = new Set<number>();
    let [checked, receipts] = [0, 0];
    let left = MAX_REQUESTS;
    while (!plan.isDone && left > 0) {
      left -= 1;
      const sent = plan.next();
      if (sent.length === 0 || plan.next().length !== sent.length) throw new Error('next() is empty or unsteady');
      const reading = this.respond(sent);
      const { wait } = plan.learn(sent, reading, this.nowMs);
      if (reading.kind === 'taken') this.#waits.reset();
      if (wait !== 'none') this.waits += 1;
      this.nowMs += this.#waits.nextMs(wait, undefined, 0.5);
      setAside.push(...plan.takeSetAside().map(({ index }) => index));
      for (const settled of plan.takeSettled()) {
        for (let index = settled.from; index < settled.to; index += 1) receipted.add(index);
        receipts += settled.to - settled.from;
        rejected.push(...settled.rejected.map(({ index }) => index));
      }
      // What the intake has acknowledged has a receipt at once: a stop cannot repeat it.
      for (; checked < this.stored.length; checked += 1) {
        const index = this.stored[checked]!;
        if (!receipted.has(index)) throw new Error(`${index} is stored and has no receipt`);
      }
    }
    expect(receipted.size).toBe(receipts);
    if (plan.isDone) expect(receipts).toBe(chunk.to - chunk.from);
    return { rejected, setAside, isDone: plan.isDone };
  }
}

const poisonResponses = fc.constantFrom(notTaken('refused'), notTaken('failed', true), notTaken('settings'));
const outageKinds = fc.constantFrom(
  ...(['refused', 'failed', 'key', 'settings', 'away', 'slow', 'unacknowledged', 'misdirected'] as const),
);
/** One outage: after so many requests, so many fail whatever they hold. */
const outages = fc
  .tuple(fc.nat({ max: 40 }), outageKinds, fc.integer({ min: 1, max: 60 }))
  .map(([before, kind, away]) => [
    ...new Array<NotTaken | undefined>(before).fill(undefined),
    // More in a row take over an hour, after which the batch is given up.
    ...new Array<NotTaken | undefined>(kind === 'unacknowledged' ? Math.min(away, 12) : away).fill(notTaken(kind)),
  ]);
const batches = fc
  .tuple(fc.integer({ min: 5, max: 60 }), fc.array(fc.nat({ max: 59 }), { maxLength: 3 }))
  .map(([size, bad]) => ({ size, bad: new Set(bad.filter((index) => index < size)) }));

test('a batch with bad events ends with all others taken once and the bad ones rejected, at a bounded cost', () => {
  fc.assert(
    fc.property(batches, poisonResponses, fc.boolean(), ({ size, bad }, poisonResponse, acknowledged) => {
      // Before the first acknowledgement, what turns the module away is taken for wrong settings and not for bad
      // events.
      const experience = { acknowledged: acknowledged || poisonResponse.kind === 'settings', isProofOwed: false };
      const intake = new SimulatedIntake((index) => bad.has(index), poisonResponse);
      const { rejected, isDone } = intake.run(chunkOf(size), experience);
      expect(isDone).toBe(true);
      expect(new Set(rejected)).toEqual(bad);
      expect(rejected.length).toBe(bad.size);
      expect(intake.stored.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: size }, (_none, index) => index).filter((index) => !bad.has(index)),
      );
      const perBad = 3 * Math.ceil(Math.log2(size + 1)) + 12;
      expect(intake.requests).toBeLessThanOrEqual(1 + 20 + bad.size * perBad);
    }),
    runs(300),
  );
});

test('an outage at any moment changes nothing: no good event is rejected for good, and none is taken twice [F-27]', () => {
  fc.assert(
    fc.property(batches, poisonResponses, outages, ({ size, bad }, poisonResponse, away) => {
      const experience = { acknowledged: true, isProofOwed: false };
      const intake = new SimulatedIntake((index) => bad.has(index), poisonResponse, away);
      const { rejected, setAside, isDone } = intake.run(chunkOf(size), experience);
      expect(isDone).toBe(true);
      const proven = rejected.filter((index) => !setAside.includes(index));
      for (const index of proven) expect(bad).toContain(index);
      expect(new Set(rejected).size).toBe(rejected.length);
      const settled = [...new Set([...intake.stored, ...rejected])];
      expect(settled).toHaveLength(size);
      expect(intake.stored).toHaveLength(new Set(intake.stored).size);
      expect(setAside.length).toBeLessThanOrEqual(10);
    }),
    runs(400),
  );
});

test.each(['refused', 'failed', 'settings', 'away', 'key', 'slow', 'misdirected'] as const)(
  'while everything comes back as %s nothing is rejected, and requests are rare [F-26]',
  (kind) => {
    const experience = { acknowledged: true, isProofOwed: false };
    const day = new Array<NotTaken | undefined>(3_000).fill(notTaken(kind));
    const intake = new SimulatedIntake(() => false, notTaken('refused'), day);
    const { rejected, isDone } = intake.run(chunkOf(1000), experience);
    expect({ rejected, isDone }).toEqual({ rejected: [], isDone: true });
    expect(intake.stored).toHaveLength(1000);
    expect(intake.nowMs / HOUR_MS).toBeGreaterThan(18);
  },
);

test.each([
  ['unacknowledged', 0],
  ['short', 1],
  ['short', 999],
] as const)(
  'while everything comes back as %s with %i ids for 1,000 events, the batch is rejected after an hour and few tries',
  (kind, namedEvents) => {
    const response = { ...notTaken(kind, true), namedEvents };
    const day = new Array<NotTaken | undefined>(3_000).fill(response);
    const intake = new SimulatedIntake(() => false, notTaken('refused'), day);
    const { rejected, setAside, isDone } = intake.run(chunkOf(1000), { acknowledged: true, isProofOwed: false });
    expect(isDone).toBe(true);
    expect(rejected).toHaveLength(1000);
    expect(setAside).toHaveLength(1000);
    expect(intake.nowMs / HOUR_MS).toBeGreaterThanOrEqual(1);
    expect(intake.nowMs / HOUR_MS).toBeLessThan(1.2);
    expect(intake.requests).toBeLessThan(60);
  },
);

test('a clock that is set forward does not shorten the hour', () => {
  const plan = new BatchPlan(chunkOf(5), { acknowledged: true, isProofOwed: false });
  let nowMs = 0;
  for (let tries = 0; tries < 3; tries += 1) {
    plan.learn(plan.next(), notTaken('unacknowledged', true), nowMs);
    nowMs += 24 * HOUR_MS;
  }
  expect(plan.isDone).toBe(false);
});

test.each([
  ['fifty in a row in the middle', (index: number) => index >= 400 && index < 450],
  ['the first fifty', (index: number) => index < 50],
  ['the last fifty', (index: number) => index >= 950],
  ['every second one', (index: number) => index % 2 === 0],
])('bad events that come together are all found in a bounded time: %s', (_where, isBad) => {
  for (const response of [notTaken('refused'), notTaken('settings')]) {
    const intake = new SimulatedIntake(isBad, response);
    const { rejected, isDone } = intake.run(chunkOf(1000), { acknowledged: true, isProofOwed: false });
    expect(isDone).toBe(true);
    expect(rejected.every(isBad)).toBe(true);
    expect(intake.stored.some(isBad)).toBe(false);
    expect(intake.stored.length + rejected.length).toBe(1000);
    expect(intake.nowMs).toBeLessThan(response.kind === 'refused' ? HOUR_MS / 4 : 2 * HOUR_MS);
  }
});

test('a key that is not active is asked for at most 12 times in its first three minutes, and with the whole batch only [F-21]', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (size, random) => {
      const plan = new BatchPlan(chunkOf(size), { acknowledged: false, isProofOwed: false });
      const waits = new Waits({});
      let [nowMs, requests, maxMs] = [0, 0, 0];
      while (nowMs < 3 * HOUR_MS) {
        if (nowMs <= 180_000) requests += 1;
        const sent = plan.next();
        if (sent.length !== size) throw new Error(`asked with ${sent.length} events of ${size}`);
        const { wait } = plan.learn(sent, notTaken('key', false, true), nowMs);
        const waitMs = waits.nextMs(wait, undefined, random);
        maxMs = Math.max(maxMs, waitMs);
        nowMs += waitMs;
      }
      expect(requests).toBeLessThanOrEqual(12);
      expect(maxMs).toBe(300_000);
    }),
    runs(30),
  );
});

test('one bad event at the very beginning holds up the others for little more than half an hour', () => {
  const intake = new SimulatedIntake((index) => index === 3, notTaken('key'));
  const { rejected, isDone } = intake.run(chunkOf(20), { acknowledged: false, isProofOwed: false });
  expect({ rejected, isDone }).toEqual({ rejected: [3], isDone: true });
  expect(intake.stored).toHaveLength(19);
  expect(intake.nowMs).toBeLessThan(HOUR_MS * 0.75);
});

test('an event that is refused alone, with nothing to compare it with, is set aside after an hour, and no second one is', () => {
  const intake = new SimulatedIntake(() => true, notTaken('refused'));
  const experience = { acknowledged: true, isProofOwed: false };
  expect(intake.run(chunkOf(1), experience)).toMatchObject({ rejected: [0], setAside: [0] });
  expect(intake.nowMs).toBeGreaterThanOrEqual(HOUR_MS);
  expect(intake.run(chunkOf(1, 1), experience)).toMatchObject({ rejected: [], isDone: false });
});

test('a stop names what may have arrived', () => {
  const plan = new BatchPlan(chunkOf(4), { acknowledged: true, isProofOwed: false });
  plan.learn(plan.next(), notTaken('failed', true), 0);
  expect(plan.undelivered(9)).toMatchObject({ from: 0, to: 9, uncertain: { from: 0, to: 4 } });
  const other = new BatchPlan(chunkOf(4), { acknowledged: true, isProofOwed: false });
  other.learn(other.next(), notTaken('refused'), 0);
  other.learn(other.next(), notTaken('refused'), 0);
  // The second half is taken, beyond a gap: it has a receipt, so a stop repeats none of it.
  other.learn(other.next(), taken(other.next()), 0);
  expect(other.takeSettled()).toEqual([{ from: 2, to: 4, rejected: [] }]);
  expect(other.undelivered(4)).toMatchObject({ from: 0, to: 4, uncertain: undefined });
});
