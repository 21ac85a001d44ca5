import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { HttpResponse, HttpRequest } from '../../src/http/http-client.js';
import { NetworkError } from '../../src/http/network-error.js';
import { IntakeBench, numbered, receiptsOf, rejectedIn } from '../support/intake-bench.js';

const bench = IntakeBench.forEachTest();
const never = Infinity;

/** An intake whose answers take simulated time, so that a loaded machine changes nothing. Stores before it answers. */
class LateIntake {
  stored: string[] = [];
  sizes: number[] = [];
  limitsMs: number[] = [];
  /** How long the answer to these events takes, in ms. */
  durationMs: (events: readonly string[]) => number = () => 100;
  /** What it says; by default an id for each event. */
  say: (events: readonly string[]) => unknown = (events) => ({ event_ids: events.map(() => randomUUID()) });
  /** Of an answer that never comes, it stores nothing. */
  readonly http = { send: (request: HttpRequest) => this.#send(request) };

  async #send({ body, responseMs }: HttpRequest): Promise<HttpResponse> {
    const { jsons } = JSON.parse(String(body)) as { jsons: string[] };
    this.sizes.push(jsons.length);
    this.limitsMs.push(responseMs);
    const durationMs = this.durationMs(jsons);
    bench.nowMs += Math.min(durationMs, responseMs);
    if (durationMs !== never) this.stored.push(...jsons);
    await Promise.resolve();
    if (durationMs > responseMs)
      throw new NetworkError(`no answer within ${responseMs / 1000} s`, true, { isTimeOut: true });
    return { status: 200, text: JSON.stringify(this.say(jsons)), header: () => undefined };
  }
}

let intake: LateIntake;
beforeEach(() => {
  intake = new LateIntake();
});
const client = (chunkSize: number) => bench.client({ chunkSize, http: intake.http });

describe('an intake slower than a minute', () => {
  test.each([
    ['0.5 s for each event', 300, (events: readonly string[]) => events.length * 500],
    ['90 s for any batch', 300, () => 90_000],
    ['280 s for any batch', 530, () => 280_000],
    ['100 s, and 1 s for each event', 450, ({ length }: readonly string[]) => 100_000 + 1_000 * length],
  ])('that takes %s gets every event, and at most %i repeats', async (_what, maxRepeats, durationMs) => {
    intake.durationMs = durationMs;
    const sender = client(300);
    expect(rejectedIn(await receiptsOf(sender, numbered(300)))).toEqual([]);
    expect(new Set(intake.stored).size).toBe(300);
    expect(intake.stored.length - 300).toBeLessThanOrEqual(maxRepeats);
    expect(bench.recorded.at('warning')[0]).toMatch(
      /no answer within 60 s\. The events are sent again in smaller batches with more time, .*\[SDK-INTAKE\]$/,
    );
    // Later batches begin with what was learned.
    const before = intake.stored.length;
    await receiptsOf(sender, numbered(300, 300));
    expect(intake.stored).toHaveLength(before + 300);
  });

  test('and then as fast as before gets whole batches and the first limit again', async () => {
    let requests = 0;
    intake.durationMs = () => (++requests <= 3 ? 400_000 : 50);
    await receiptsOf(client(64), numbered(1280));
    expect(intake.sizes[0]).toBe(64);
    expect(intake.sizes.at(-1)).toBe(64);
    expect(Math.max(...intake.limitsMs)).toBe(300_000);
    expect(intake.limitsMs.at(-1)).toBe(60_000);
  });
});

test('an event that alone is never answered is rejected, and all others arrive once', async () => {
  intake.durationMs = (events) => (events.includes('{"n":5}') ? never : 100);
  const receipts = await receiptsOf(client(16), numbered(16));
  expect(rejectedIn(receipts)).toMatchObject([{ index: 5 }]);
  expect(rejectedIn(receipts)[0]!.reason).toMatch(
    /^The intake did not acknowledge the event, and may have stored it or not: no answer within /,
  );
  expect(intake.stored.toSorted()).toEqual(
    numbered(16)
      .filter((_event, index) => index !== 5)
      .toSorted(),
  );
});

test.each([12, 40, 100])(
  'an intake that hangs for %i requests gets ever smaller batches, and then each event once',
  async (hung) => {
    intake.durationMs = () => (intake.sizes.length <= hung ? never : 100);
    const receipts = await receiptsOf(client(64), numbered(64));
    expect(rejectedIn(receipts)).toEqual([]);
    expect(intake.stored.toSorted()).toEqual(numbered(64).toSorted());
    expect(intake.sizes.slice(0, 7)).toEqual([64, 31, 15, 7, 3, 1, 1]);
    expect(bench.recorded.at('error').length).toBeLessThanOrEqual(1);
  },
);

test('an intake that never answers in time, but stores, gets each event a few times and then one event in minutes [F-34]', async () => {
  const stop = new AbortController();
  intake.durationMs = () => {
    if (intake.sizes.length >= 60) stop.abort();
    return 1_000_000;
  };
  await expect(receiptsOf(client(300), numbered(300), stop.signal)).rejects.toMatchObject({
    uncertain: { from: 0, to: 300 },
  });
  expect(intake.stored.length).toBeLessThan(3 * 300);
  expect(new Set(intake.sizes.slice(30))).toEqual(new Set([1]));
});

test('an hour of answers without ids rejects the batch, and what the intake takes then is sent once more [F-33]', async () => {
  intake.durationMs = () => 30_000;
  let isAway = true;
  intake.say = (events) => {
    bench.nowMs += 5 * 60_000;
    if (events.includes('{"n":30}')) isAway = false;
    return { event_ids: isAway ? [] : events.map(() => randomUUID()) };
  };
  const sender = client(30);
  const first = rejectedIn(await receiptsOf(sender, numbered(30)));
  expect(first).toHaveLength(30);
  expect(first[0]!.reason).toMatch(
    /^The intake did not acknowledge the event, and may have stored it or not: it answered 200 with no event id for /,
  );
  expect(bench.healthPage()).toMatchObject({ httpStatus: 200, status: 'degraded' });
  expect(bench.recorded.at('error')[0]).toMatch(/held and sent again for an hour, .* and are then rejected/);
  expect(intake.sizes.length).toBeLessThan(30);
  const requests = intake.sizes.length;
  expect(rejectedIn(await receiptsOf(sender, numbered(5, 30)))).toEqual([]);
  expect(intake.sizes.slice(requests)).toEqual([5, 30]);
  expect(bench.recorded.at('info').at(-1)).toContain('The intake took 30 events that it had not taken before');
  expect(await bench.metric('symphony_module_common_forwarded_events_total')).toBe(35);
  expect(bench.healthPage()).toMatchObject({ status: 'ok' });
});

test('an answer from a cache, with the ids of another batch, acknowledges nothing [F-33]', async () => {
  const sender = client(20);
  const honest = intake.say;
  let cached: unknown;
  intake.say = (events) => (cached = honest(events));
  await receiptsOf(sender, numbered(20));
  intake.say = (events) => (intake.sizes.length <= 7 ? cached : honest(events));
  expect(rejectedIn(await receiptsOf(sender, numbered(20, 20)))).toEqual([]);
  expect(intake.sizes.filter((size) => size === 20).length).toBeGreaterThan(6);
  expect(await bench.metric('symphony_module_common_forwarded_events_total')).toBe(40);
});
