import { describe, expect, test } from '@jest/globals';
import { UndeliveredError } from '../../src/errors.js';
import { MAX_EVENT_BYTES, MAX_REQUEST_BYTES } from '../../src/intake/chunks.js';
import type { Receipt } from '../../src/intake/intake-client.js';
import { respond, startLoopback } from '../support/loopback.js';
import { IntakeBench, KEY, NEVER, acknowledgement, eventsIn, numbered, spans } from '../support/intake-bench.js';

const bench = IntakeBench.forEachTest();

describe('delivery', () => {
  test('events go out in order, in chunks, as the intake expects them', async () => {
    const receipts = await bench.deliverAll(numbered(25));
    expect(spans(receipts)).toEqual([
      [0, 10],
      [10, 20],
      [20, 25],
    ]);
    expect(bench.server.received.flatMap(eventsIn)).toEqual(numbered(25));
    const [first] = bench.server.received;
    expect(first).toMatchObject({ method: 'POST', path: '/api/v1/intake-http/batch' });
    expect(first!.json()).toEqual({ intake_key: KEY, jsons: numbered(10) });
    expect(first!.headers['user-agent']).toBe('sekoiaio-module/test-1.0.0');
    expect(await bench.metric('symphony_module_common_forwarded_events_total')).toBe(25);
    expect(await bench.metric('symphony_module_intake_chunks_total')).toBe(3);
    const bytes = bench.server.received.reduce((sum, { body }) => sum + body.byteLength, 0);
    expect(await bench.metric('symphony_module_intake_bytes_total')).toBe(bytes);
  });

  test('no events, no request', async () => {
    expect(await bench.deliverAll([])).toEqual([]);
    expect(bench.server.received).toHaveLength(0);
  });

  test('the next chunk waits until the consumer asks for it', async () => {
    const delivery = bench.client().deliver(numbered(20), NEVER);
    await delivery.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(bench.server.received).toHaveLength(1);
    await delivery.next();
    expect(bench.server.received).toHaveLength(2);
  });

  test('no request is larger than the limit in bytes, whatever the characters, and chunks are filled', async () => {
    const events = Array.from({ length: 60 }, () => JSON.stringify({ s: '€"'.repeat(40_000) }));
    const receipts = await bench.deliverAll(events, { chunkSize: 1_000 });
    const sizes = bench.server.received.map(({ body }) => body.byteLength);
    const oneMore = Buffer.byteLength(JSON.stringify(events[0])) + 1;
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_REQUEST_BYTES);
    for (const size of sizes.slice(0, -1)) expect(size + oneMore).toBeGreaterThan(MAX_REQUEST_BYTES);
    expect(receipts.at(-1)?.to).toBe(60);
    expect(bench.server.received.flatMap(eventsIn)).toHaveLength(60);
  });

  test('an event over its limit in bytes is rejected and never sent, one at the limit is sent', async () => {
    const atLimit = 'é'.repeat(MAX_EVENT_BYTES / 2);
    const receipts = await bench.deliverAll([`${atLimit}.`, atLimit, `${atLimit}x`]);
    expect(receipts).toHaveLength(1);
    expect(receipts[0]).toMatchObject({ from: 0, to: 3, rejected: [{ index: 0 }, { index: 2 }] });
    expect(receipts[0]!.rejected[0]!.reason).toBe('The event has 250001 bytes; the intake takes at most 250000.');
    expect(bench.server.received.flatMap(eventsIn)).toEqual([atLimit]);
    expect(await bench.metric('symphony_module_common_discarded_events_total')).toBe(2);
  });

  test('events that are all too large are settled without a request', async () => {
    const receipts = await bench.deliverAll(['x'.repeat(MAX_EVENT_BYTES + 1)]);
    expect(receipts).toMatchObject([{ from: 0, to: 1, rejected: [{ index: 0 }] }]);
    expect(bench.server.received).toHaveLength(0);
  });

  test('bodies are compressed where that is wished', async () => {
    await bench.deliverAll(numbered(3), { compress: true });
    expect(bench.server.received[0]?.headers['content-encoding']).toBe('gzip');
    expect(eventsIn(bench.server.received[0]!)).toEqual(numbered(3));
  });
});

describe('what passes later', () => {
  test.each([408, 425, 429, 500, 502, 503])('a chunk answered with %i is sent again', async (status) => {
    bench.failFirst([status, 'later'], [status, 'later']);
    expect(spans(await bench.deliverAll(numbered(2)))).toEqual([[0, 2]]);
    expect(bench.server.received).toHaveLength(3);
    expect(bench.recorded.at('warning')).toHaveLength(1);
    expect(bench.recorded.at('info').at(-1)).toContain('takes events again');
  });

  test.each([
    ['HTML', '<html>proxy</html>'],
    ['JSON that was cut off', '{"event_ids": ["a"'],
    ['JSON without event ids', '{"ok": true}'],
    ['nothing', ''],
  ])('%s with 200 is no acknowledgement', async (_what, body) => {
    bench.failFirst([200, body]);
    expect(spans(await bench.deliverAll(numbered(2)))).toEqual([[0, 2]]);
    expect(bench.server.received).toHaveLength(2);
  });

  test('a connection that breaks is made again', async () => {
    let broken = 0;
    bench.handle = (request, response) => {
      if (broken++ === 0) response.destroy();
      else respond(response, 200, acknowledgement(request));
    };
    expect(spans(await bench.deliverAll(numbered(2)))).toEqual([[0, 2]]);
  });

  test('Retry-After is honoured instead of the own wait', async () => {
    bench.failFirst([429, '', { 'Retry-After': '1' }]);
    const started = performance.now();
    await bench.deliverAll(numbered(1));
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });
});

describe('acknowledgement', () => {
  test('fewer event ids than events are an error with both numbers, and what they may stand for is sent again', async () => {
    bench.failFirst([200, { event_ids: ['one', 'two'] }]);
    const receipts = await bench.deliverAll(numbered(3));
    expect(receipts.flatMap(({ rejected }) => rejected)).toEqual([]);
    expect(bench.stored.toSorted()).toEqual(numbered(3));
    expect(bench.recorded.at('error')).toHaveLength(1);
    expect(bench.recorded.at('error')[0]).toMatch(/named 2 event ids for 3 events\. .*\[SDK-INTAKE\]$/);
    expect(await bench.metric('symphony_module_intake_unnamed_events_total')).toBe(1);
    expect(bench.healthPage()).toMatchObject({ status: 'degraded', reasons: [{ matter: 'event ids' }] });
  });

  test('the intake key is in no metric', async () => {
    await bench.deliverAll(numbered(1));
    const text = await bench.registry.metrics();
    expect(text).not.toContain(KEY);
    expect(text).toMatch(/forwarded_events_total\{intake_key="[0-9a-f]{12}"\} 1/);
  });
});

describe('stopping', () => {
  async function undelivered(run: Promise<unknown>): Promise<UndeliveredError> {
    const error: unknown = await run.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error instanceof UndeliveredError) return error;
    throw new Error('no UndeliveredError');
  }

  test('a request in flight is aborted, and its events are named as uncertain', async () => {
    const stop = new AbortController();
    bench.handle = (request, response) => {
      if (bench.server.received.length === 2) stop.abort();
      else respond(response, 200, acknowledgement(request));
    };
    const error = await undelivered(bench.deliverAll(numbered(25), {}, stop.signal));
    expect(error).toMatchObject({ from: 10, to: 25, uncertain: { from: 10, to: 20 } });
    expect(error.message).toContain('events 10 to 19 may have arrived');
  });

  test('a wait is interrupted, and events that certainly did not arrive are not called uncertain', async () => {
    const stop = new AbortController();
    bench.handle = (_request, response) => {
      respond(response, 429, '', { 'Retry-After': '3000' });
    };
    const failing = undelivered(bench.deliverAll(numbered(5), {}, stop.signal));
    while (bench.recorded.at('warning').length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    const error = await failing;
    expect(error).toMatchObject({ from: 0, to: 5, uncertain: undefined });
  });

  test('after an answer that was lost, the events stay uncertain [F-35]', async () => {
    const stop = new AbortController();
    bench.handle = (_request, response) => {
      if (bench.server.received.length === 1) response.destroy();
      else {
        respond(response, 429, '', { 'Retry-After': '3000' });
        response.on('close', () => setTimeout(() => stop.abort(), 20));
      }
    };
    const error = await undelivered(bench.deliverAll(numbered(5), {}, stop.signal));
    expect(error.uncertain).toEqual({ from: 0, to: 5 });
  });

  test('what went without an answer before it was halved stays uncertain as a whole', async () => {
    const stop = new AbortController();
    bench.handle = (_request, response) => {
      if (bench.server.received.length === 1) response.destroy();
      else if (bench.server.received.length === 2) respond(response, 400, 'no');
      else {
        respond(response, 429, '', { 'Retry-After': '3000' });
        response.on('close', () => stop.abort());
      }
    };
    const error = await undelivered(bench.deliverAll(numbered(6), { chunkSize: 4 }, stop.signal));
    expect(error).toMatchObject({ from: 0, to: 6, uncertain: { from: 0, to: 4 } });
  });

  test('stopping before the start sends nothing', async () => {
    const error = await undelivered(bench.deliverAll(numbered(5), {}, AbortSignal.abort()));
    expect(error).toMatchObject({ from: 0, to: 5, uncertain: undefined });
    expect(bench.server.received).toHaveLength(0);
  });

  test('stopping after the last acknowledgement is no failure', async () => {
    const stop = new AbortController();
    const receipts: Receipt[] = [];
    for await (const receipt of bench.client().deliver(numbered(5), stop.signal)) {
      receipts.push(receipt);
      stop.abort();
    }
    expect(spans(receipts)).toEqual([[0, 5]]);
  });

  test('an intake that cannot be reached leaves nothing uncertain', async () => {
    const stop = new AbortController();
    const closed = await startLoopback(() => undefined);
    await closed.close();
    const waits = { firstMs: 3_600_000, maxMs: 3_600_000 };
    const failing = undelivered(
      bench.deliverAll(numbered(1), { url: `${closed.url}/batch`, backoff: waits }, stop.signal),
    );
    while (bench.recorded.at('warning').length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    const error = await failing;
    expect(error.uncertain).toBeUndefined();
    expect(bench.recorded.at('warning')[0]).toContain('ECONNREFUSED');
  });
});
