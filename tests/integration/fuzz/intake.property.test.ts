import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { Health } from '../../../packages/automation-sdk-shim/src/health.js';
import { HttpClient } from '../../../packages/automation-sdk-shim/src/http/http-client.js';
import { retryAfterMs } from '../../../packages/automation-sdk-shim/src/http/retry-after.js';
import { IntakeClient, type Receipt } from '../../../packages/automation-sdk-shim/src/intake/intake-client.js';
import { createIntakeMetrics } from '../../../packages/automation-sdk-shim/src/intake/intake-metrics.js';
import { recordedLog } from '../../../packages/automation-sdk-shim/tests/support/recorded-log.js';
import { anyResponse, anyJson, wire } from '../../support/arbitrary-response.js';
import { respond, startLoopback, type Loopback } from '../../support/loopback.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const intakeKey = 'the-intake-key';
const http = new HttpClient({ userAgent: 'message-trace-test/1.0' });

/** How the intake answers next: as it should, or with these bytes, after it has stored the events or without. */
type Priority = 'good' | { readonly bytes: Buffer; readonly stored: boolean };

let turns: Priority[];
let stored: string[];
let doubtful: Set<string>;
let intake: Loopback;

beforeEach(async () => {
  intake = await startLoopback(({ body }, response) => {
    const { jsons } = JSON.parse(body) as { jsons: string[] };
    const turn = turns.shift() ?? 'good';
    if (turn === 'good' || turn.stored) stored.push(...jsons);
    if (turn === 'good') {
      respond(response, 200, { event_ids: jsons.map(() => crypto.randomUUID()) });
    } else {
      for (const event of jsons) doubtful.add(event);
      response.socket?.end(turn.bytes);
    }
  });
});
afterEach(() => http.close());

const rubbishAcknowledgement = anyJson.map((json) =>
  wire({ status: 200, headers: [], body: Buffer.from(`{"event_ids":${json}}`) }),
);
const turn: fc.Arbitrary<Priority> = fc.oneof(
  fc.constant<Priority>('good'),
  fc.record({ bytes: fc.oneof(anyResponse, rubbishAcknowledgement), stored: fc.boolean() }),
);

test('whatever the intake answers, every event is settled once and in order, and only what it did not acknowledge clearly is sent again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { maxLength: 8 }), async (plan) => {
      [turns, stored, doubtful] = [[...plan], [], new Set()];
      const { log, redactor, lines } = recordedLog();
      const events = Array.from({ length: 12 }, (_, index) => JSON.stringify({ index }));
      const client = new IntakeClient({
        url: `${intake.origin}/batch`,
        intakeKey,
        chunkSize: 5,
        compress: false,
        http,
        log,
        health: new Health({ redactor, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0 }),
        metrics: createIntakeMetrics(new Registry(), intakeKey),
        redactor,
        backoff: { firstMs: 1, maxMs: 1 },
        keyBackoff: { firstMs: 1, maxMs: 1 },
      });
      const receipts: Receipt[] = [];
      for await (const receipt of client.deliver(events, new AbortController().signal)) receipts.push(receipt);

      expect(settledIn(receipts)).toEqual(events.map((_event, index) => index));
      const rejected = receipts.flatMap((receipt) => receipt.rejected);
      // What was never answered oddly is there, and there once.
      const times = (event: string) => stored.filter((it) => it === event).length;
      for (const event of events) if (!doubtful.has(event)) expect(times(event)).toBe(1);
      for (const { index } of rejected) expect(doubtful).toContain(events[index]);
      for (const text of [...lines.map((line) => line.text), ...rejected.map(({ reason }) => reason)]) {
        expect(text.length).toBeLessThan(1000);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }
    }),
    runs(40),
  );
});

/** How an intake answers one request whatever it holds, or `undefined`: as it should. */
type Mood = number | 'no ids' | 'reset' | undefined;
const moods: fc.Arbitrary<Mood[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom<Mood>(
        400,
        401,
        403,
        404,
        408,
        413,
        415,
        422,
        425,
        429,
        500,
        502,
        503,
        'no ids',
        'reset',
        undefined,
      ),
      fc.integer({ min: 1, max: 12 }),
    ),
    { maxLength: 4 },
  )
  .map((stretches) => stretches.flatMap(([mood, times]) => new Array<Mood>(times).fill(mood)));
const poisons = fc.record({
  indices: fc.uniqueArray(fc.nat({ max: 29 }), { maxLength: 3 }),
  response: fc.constantFrom(400, 413, 422, 500, 'each'),
});

test('an intake in any mood, with events that it never takes, ends with each event taken once or rejected', async () => {
  let plan: Mood[] = [];
  let bad = new Set<string>();
  let poison: number | string = 400;
  let taken: string[] = [];
  let requests = 0;
  let settingsInARow = 0;
  let maxSettingsInARow = 0;
  const moody = await startLoopback(({ body }, response) => {
    const { jsons } = JSON.parse(body) as { jsons: string[] };
    requests += 1;
    const mood = plan.shift();
    settingsInARow = mood === 401 || mood === 403 || mood === 404 ? settingsInARow + 1 : 0;
    maxSettingsInARow = Math.max(maxSettingsInARow, settingsInARow);
    if (mood === 'reset') response.destroy();
    else if (mood === 'no ids') respond(response, 200, { event_ids: [] });
    else if (mood !== undefined) respond(response, mood, 'in a mood');
    else if (poison !== 'each' && jsons.some((event) => bad.has(event))) respond(response, Number(poison), 'poison');
    else {
      taken.push(...jsons.filter((event) => !bad.has(event)));
      respond(response, 200, { results: jsons.map((event) => ({ status: bad.has(event) ? 413 : 200 })) });
    }
  });
  try {
    await fc.assert(
      fc.asyncProperty(moods, poisons, async (given, { indices, response: poisonResponse }) => {
        const text = (index: number) => JSON.stringify({ index });
        [plan, taken, requests, poison] = [[...given], [], 0, poisonResponse];
        [settingsInARow, maxSettingsInARow] = [0, 0];
        bad = new Set(indices.map(text));
        const { log, redactor, lines } = recordedLog();
        let nowMs = 0;
        const client = new IntakeClient({
          url: `${moody.origin}/batch`,
          intakeKey,
          chunkSize: 10,
          compress: false,
          http,
          log,
          health: new Health({ redactor, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0 }),
          metrics: createIntakeMetrics(new Registry(), intakeKey),
          redactor,
          backoff: { firstMs: 1, maxMs: 1 },
          keyBackoff: { firstMs: 1, maxMs: 1 },
          // An hour passes within some hundred requests.
          now: () => (nowMs += 20_000),
        });
        const events = Array.from({ length: 31 }, (_none, index) => text(index));
        const receipts: Receipt[] = [];
        for await (const receipt of client.deliver(events, new AbortController().signal)) receipts.push(receipt);
        expect(settledIn(receipts)).toEqual(events.map((_event, index) => index));
        const rejected = receipts.flatMap((receipt) => receipt.rejected).map(({ index }) => text(index));
        for (const event of bad) expect(rejected).toContain(event);
        // What was set aside without proof was sent again; all good events are there, and there once.
        expect(taken.toSorted()).toEqual(events.filter((event) => !bad.has(event)).toSorted());
        expect(requests).toBeLessThan(600 + given.length);
        if (maxSettingsInARow < 3) expect(lines.filter(({ level }) => level === 'critical')).toEqual([]);
      }),
      runs(60),
    );
  } finally {
    await moody.close();
  }
});

test('whatever an answer says of when to come back, it is a wait of an hour at most, or none', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('9'.repeat(5000), '-5', '1e9', ' 7 '))), (values) => {
      const header = (name: string) => values[['retry-after', 'date'].indexOf(name)];
      const waitMs = retryAfterMs({ header }, Date.UTC(2026, 10, 23)) ?? 0;
      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(3_600_000);
    }),
    runs(1000),
  );
});

/** The events that have a receipt, in order: each of them must be there once. */
function settledIn(receipts: readonly Receipt[]): number[] {
  return receipts
    .flatMap(({ from, to }) => Array.from({ length: to - from }, (_none, index) => from + index))
    .sort((one, other) => one - other);
}
