import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { Health } from '../../../packages/automation-sdk-shim/src/health.js';
import { HttpClient } from '../../../packages/automation-sdk-shim/src/http/http-client.js';
import { retryAfterMs } from '../../../packages/automation-sdk-shim/src/http/retry-after.js';
import { IntakeClient, type Receipt } from '../../../packages/automation-sdk-shim/src/intake/intake-client.js';
import { createIntakeMetrics } from '../../../packages/automation-sdk-shim/src/intake/intake-metrics.js';
import { recordedLog } from '../../../packages/automation-sdk-shim/tests/support/recorded-log.js';
import { anyAnswer, anyJson, runs, wire } from '../../support/arbitrary-answer.js';
import { answer, startLoopback, type Loopback } from '../../support/loopback.js';

const intakeKey = 'the-intake-key';
const http = new HttpClient({ userAgent: 'message-trace-test/1.0' });

/** How the intake answers next: as it should, or with these bytes, after it has stored the events or without. */
type Turn = 'good' | { readonly bytes: Buffer; readonly stored: boolean };

let turns: Turn[];
let stored: string[];
let doubtful: Set<string>;
let intake: Loopback;

beforeEach(async () => {
  intake = await startLoopback(({ body }, response) => {
    const { jsons } = JSON.parse(body) as { jsons: string[] };
    const turn = turns.shift() ?? 'good';
    if (turn === 'good' || turn.stored) stored.push(...jsons);
    if (turn === 'good') {
      answer(response, 200, { event_ids: jsons.map(() => 'id') });
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
const turn: fc.Arbitrary<Turn> = fc.oneof(
  fc.constant<Turn>('good'),
  fc.record({ bytes: fc.oneof(anyAnswer, rubbishAcknowledgement), stored: fc.boolean() }),
);

test('whatever the intake answers, every event is settled once and in order, and only what it did not acknowledge clearly is sent again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { maxLength: 8 }), async (plan) => {
      [turns, stored, doubtful] = [[...plan], [], new Set()];
      const { log, scrubber, lines } = recordedLog();
      const events = Array.from({ length: 12 }, (_, index) => JSON.stringify({ index }));
      const client = new IntakeClient({
        url: `${intake.origin}/batch`,
        intakeKey,
        chunkSize: 5,
        compress: false,
        http,
        log,
        health: new Health({ scrubber, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0 }),
        metrics: createIntakeMetrics(new Registry(), intakeKey),
        scrubber,
        backoff: { firstMs: 1, maxMs: 1 },
      });
      const receipts: Receipt[] = [];
      for await (const receipt of client.deliver(events, new AbortController().signal)) receipts.push(receipt);

      let next = 0;
      for (const { from, to } of receipts) {
        expect(from).toBe(next);
        next = to;
      }
      expect(next).toBe(events.length);
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
