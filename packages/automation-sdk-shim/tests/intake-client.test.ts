import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { UndeliveredError } from '../src/errors.js';
import { Health } from '../src/health.js';
import { HttpClient } from '../src/http/http-client.js';
import { LARGEST_EVENT_BYTES, LARGEST_REQUEST_BYTES } from '../src/intake/chunks.js';
import { IntakeClient, type IntakeOptions, type Receipt } from '../src/intake/intake-client.js';
import { createIntakeMetrics } from '../src/intake/intake-metrics.js';
import { answer, startLoopback, type Handler, type Loopback, type Received } from './support/loopback.js';
import { recordedLog, type RecordedLog } from './support/recorded-log.js';

const KEY = 'the-intake-key';
const NEVER = new AbortController().signal;
const http = new HttpClient({ userAgent: 'sekoiaio-module/test-1.0.0' });

let handle: Handler;
let server: Loopback;
let recorded: RecordedLog;
let registry: Registry;
let health: Health;
let nowMs: number;

beforeEach(async () => {
  handle = (request, response) => answer(response, 200, acknowledge(request));
  server = await startLoopback((request, response) => handle(request, response));
  nowMs = Date.now();
  recorded = recordedLog(() => nowMs);
  recorded.scrubber.add(KEY);
  registry = new Registry();
  health = new Health({ scrubber: recorded.scrubber, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0 });
});
afterEach(() => server.close());

function eventsIn(request: Received): string[] {
  return (request.json() as { jsons: string[] }).jsons;
}

function acknowledge(request: Received) {
  return { event_ids: eventsIn(request).map((_event, index) => `id-${index}`) };
}

function client(options: Partial<IntakeOptions> = {}): IntakeClient {
  return new IntakeClient({
    url: `${server.url}/api/v1/intake-http/batch`,
    intakeKey: KEY,
    chunkSize: 10,
    compress: false,
    http,
    log: recorded.log,
    health,
    metrics: createIntakeMetrics(registry, KEY),
    scrubber: recorded.scrubber,
    backoff: { firstMs: 1, maxMs: 2 },
    ...options,
  });
}

async function deliverAll(events: string[], options: Partial<IntakeOptions> = {}, signal = NEVER): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for await (const receipt of client(options).deliver(events, signal)) receipts.push(receipt);
  return receipts;
}

/** Fails the first requests with the given answers, then acknowledges. */
function failFirst(...answers: [status: number, body: unknown, headers?: Record<string, string>][]): void {
  handle = (request, response) => {
    const failure = answers.shift();
    if (failure === undefined) answer(response, 200, acknowledge(request));
    else answer(response, ...failure);
  };
}

const numbered = (count: number) => Array.from({ length: count }, (_none, index) => JSON.stringify({ n: index }));
const spans = (receipts: Receipt[]) => receipts.map(({ from, to }) => [from, to]);

async function metric(name: string): Promise<number> {
  const values = await registry.getSingleMetric(name)!.get();
  return values.values[0]!.value;
}

describe('delivery', () => {
  test('events go out in order, in chunks, as the intake expects them', async () => {
    const receipts = await deliverAll(numbered(25));
    expect(spans(receipts)).toEqual([
      [0, 10],
      [10, 20],
      [20, 25],
    ]);
    expect(server.received.flatMap(eventsIn)).toEqual(numbered(25));
    const [first] = server.received;
    expect(first).toMatchObject({ method: 'POST', path: '/api/v1/intake-http/batch' });
    expect(first!.json()).toEqual({ intake_key: KEY, jsons: numbered(10) });
    expect(first!.headers['user-agent']).toBe('sekoiaio-module/test-1.0.0');
    expect(await metric('symphony_module_common_forwarded_events_total')).toBe(25);
    expect(await metric('symphony_module_intake_chunks_total')).toBe(3);
    const bytes = server.received.reduce((sum, { body }) => sum + body.byteLength, 0);
    expect(await metric('symphony_module_intake_bytes_total')).toBe(bytes);
  });

  test('no events, no request', async () => {
    expect(await deliverAll([])).toEqual([]);
    expect(server.received).toHaveLength(0);
  });

  test('the next chunk waits until the consumer asks for it', async () => {
    const delivery = client().deliver(numbered(20), NEVER);
    await delivery.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.received).toHaveLength(1);
    await delivery.next();
    expect(server.received).toHaveLength(2);
  });

  test('no request is larger than the limit in bytes, whatever the characters, and chunks are filled', async () => {
    const events = Array.from({ length: 60 }, () => JSON.stringify({ s: '€"'.repeat(40_000) }));
    const receipts = await deliverAll(events, { chunkSize: 1_000 });
    const sizes = server.received.map(({ body }) => body.byteLength);
    const oneMore = Buffer.byteLength(JSON.stringify(events[0])) + 1;
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LARGEST_REQUEST_BYTES);
    for (const size of sizes.slice(0, -1)) expect(size + oneMore).toBeGreaterThan(LARGEST_REQUEST_BYTES);
    expect(receipts.at(-1)?.to).toBe(60);
    expect(server.received.flatMap(eventsIn)).toHaveLength(60);
  });

  test('an event over its limit in bytes is rejected and never sent, one at the limit is sent', async () => {
    const atLimit = 'é'.repeat(LARGEST_EVENT_BYTES / 2);
    const receipts = await deliverAll([`${atLimit}.`, atLimit, `${atLimit}x`]);
    expect(receipts).toHaveLength(1);
    expect(receipts[0]).toMatchObject({ from: 0, to: 3, rejected: [{ index: 0 }, { index: 2 }] });
    expect(receipts[0]!.rejected[0]!.reason).toBe('The event has 250001 bytes; the intake takes at most 250000.');
    expect(server.received.flatMap(eventsIn)).toEqual([atLimit]);
    expect(await metric('symphony_module_common_discarded_events_total')).toBe(2);
  });

  test('events that are all too large are settled without a request', async () => {
    const receipts = await deliverAll(['x'.repeat(LARGEST_EVENT_BYTES + 1)]);
    expect(receipts).toMatchObject([{ from: 0, to: 1, rejected: [{ index: 0 }] }]);
    expect(server.received).toHaveLength(0);
  });

  test('bodies are compressed where that is wished', async () => {
    await deliverAll(numbered(3), { compress: true });
    expect(server.received[0]?.headers['content-encoding']).toBe('gzip');
    expect(eventsIn(server.received[0]!)).toEqual(numbered(3));
  });

  test('a 415 turns compression off for the run and the chunk is sent plain', async () => {
    failFirst([415, 'no gzip']);
    const receipts = await deliverAll(numbered(25), { compress: true });
    expect(spans(receipts)).toEqual([
      [0, 10],
      [10, 20],
      [20, 25],
    ]);
    expect(server.received.map(({ headers }) => headers['content-encoding'])).toEqual([
      'gzip',
      undefined,
      undefined,
      undefined,
    ]);
    expect(recorded.at('warning')).toHaveLength(1);
  });
});

describe('refusal', () => {
  test.each([413, 400, 422])('a chunk refused with %i is halved until the bad events are alone', async (status) => {
    const bad = new Set(['{"n":3}', '{"n":9}']);
    handle = (request, response) => {
      if (eventsIn(request).some((event) => bad.has(event))) answer(response, status, `no ${KEY} ${'x'.repeat(2_000)}`);
      else answer(response, 200, acknowledge(request));
    };
    const receipts = await deliverAll(numbered(10));
    const rejected = receipts.flatMap((receipt) => receipt.rejected);
    expect(rejected.map(({ index }) => index)).toEqual([3, 9]);
    expect(rejected[0]!.reason).toContain(`it answered ${status}: no *** xxx`);
    expect(rejected[0]!.reason.length).toBeLessThan(400);
    expect(receipts[0]?.from).toBe(0);
    expect(receipts.at(-1)?.to).toBe(10);
    for (const [index, { from }] of receipts.slice(1).entries()) expect(from).toBe(receipts[index]!.to);
  });
});

describe('an intake that refuses', () => {
  const isBad = (bad: (n: number) => boolean) => (request: Received) =>
    eventsIn(request).some((event) => bad((JSON.parse(event) as { n: number }).n));

  /** Refuses what `refuses` says until `repaired` says that it is over. */
  function refuse(refuses: (request: Received) => boolean, repaired: () => boolean = () => false): string[] {
    const accepted: string[] = [];
    handle = (request, response) => {
      if (!repaired() && refuses(request)) {
        answer(response, 422, `not my format, ${KEY}`);
      } else {
        accepted.push(...eventsIn(request));
        answer(response, 200, acknowledge(request));
      }
    };
    return accepted;
  }

  const isHeld = () => recorded.at('critical').length > 0;
  const rejectedIn = (receipts: Receipt[]) => receipts.flatMap(({ rejected }) => rejected).map(({ index }) => index);

  function expectContiguous(receipts: Receipt[], end: number): void {
    expect(receipts[0]?.from).toBe(0);
    for (const [index, { from }] of receipts.slice(1).entries()) expect(from).toBe(receipts[index]!.to);
    expect(receipts.at(-1)?.to).toBe(end);
  }

  test('every event of a chunk is at fault itself: they are held, and delivered once when it takes them', async () => {
    const seen: number[] = [];
    let heldAt = 0;
    const accepted = refuse(
      () => true,
      () => {
        if (isHeld() && heldAt === 0) heldAt = server.received.length;
        seen.push(health.liveness().status);
        return heldAt > 0 && server.received.length >= heldAt + 6;
      },
    );
    const receipts = await deliverAll(numbered(25));
    expect(rejectedIn(receipts)).toEqual([]);
    expectContiguous(receipts, 25);
    expect(accepted).toEqual(numbered(25));
    expect(recorded.at('critical')).toHaveLength(1);
    expect(recorded.at('critical')[0]).toMatch(/it answered 422: not my format, \*\*\*\. It refuses every event/);
    expect(recorded.at('critical')[0]).toContain('"intake_key"');
    expect(recorded.at('critical')[0]).toContain('"intake_format"');
    expect(recorded.at('info').at(-1)).toContain('takes events again');
    expect(new Set(seen)).toEqual(new Set([200, 500]));
    expect(health.liveness().status).toBe(200);
    expect(await metric('symphony_module_common_discarded_events_total')).toBe(0);
    // While it lasts, a round asks twice: with all events of the chunk, and with one.
    const rounds = server.received.slice(heldAt, heldAt + 4).map((request) => eventsIn(request).length);
    expect(rounds.toSorted((a, b) => a - b)).toEqual([1, 1, 10, 10]);
  });

  test('once repaired, what is really bad is rejected, even where it was tried alone before', async () => {
    const bad = isBad((n) => n < 3);
    const accepted = refuse((request) => !isHeld() || bad(request));
    const receipts = await deliverAll(numbered(20));
    expect(rejectedIn(receipts)).toEqual([0, 1, 2]);
    expectContiguous(receipts, 20);
    expect(accepted.toSorted()).toEqual(numbered(20).slice(3).toSorted());
  });

  test('one accepted event shows that it works: all others of the chunk are rejected, in order', async () => {
    refuse(isBad((n) => n !== 7));
    const receipts = await deliverAll(numbered(10));
    expect(rejectedIn(receipts)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9]);
    expectContiguous(receipts, 10);
    expect(isHeld()).toBe(false);
  });

  test('a few events are held where it has taken none yet', async () => {
    refuse(() => true, isHeld);
    expect(rejectedIn(await deliverAll(numbered(3)))).toEqual([]);
    expect(isHeld()).toBe(true);
  });

  test('a few events are rejected where it has taken others before', async () => {
    const knowing = client();
    for await (const receipt of knowing.deliver(numbered(1), NEVER)) expect(receipt.rejected).toEqual([]);
    refuse(() => true, isHeld);
    const receipts: Receipt[] = [];
    for await (const receipt of knowing.deliver(numbered(3), NEVER)) receipts.push(receipt);
    expect(rejectedIn(receipts)).toEqual([0, 1, 2]);
    expect(isHeld()).toBe(false);
  });

  test('small chunks do not drain away one by one: the tenth refusal in a row holds', async () => {
    const knowing = client();
    for await (const receipt of knowing.deliver(numbered(1), NEVER)) expect(receipt.rejected).toEqual([]);
    refuse(() => true, isHeld);
    const rejected: number[] = [];
    for (let round = 0; round < 12; round += 1)
      for await (const receipt of knowing.deliver(numbered(1), NEVER)) rejected.push(receipt.rejected.length);
    expect(rejected).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
  });

  test('it is held for a while only: then its events are rejected, and those after it are delivered', async () => {
    refuse(isBad((n) => n < 12));
    let now = 0;
    const receipts = await deliverAll(numbered(20), { chunkSize: 12, now: () => (now += 60_000) });
    expect(rejectedIn(receipts)).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expectContiguous(receipts, 20);
    expect(isHeld()).toBe(true);
  });

  test('a stop while it is held names all of it as not delivered', async () => {
    const stop = new AbortController();
    refuse(() => {
      if (isHeld()) stop.abort();
      return true;
    });
    await expect(deliverAll(numbered(25), {}, stop.signal)).rejects.toMatchObject({
      name: 'UndeliveredError',
      from: 0,
      to: 25,
      uncertain: undefined,
    });
  });

  test('a stop between refusals names those before it too', async () => {
    const stop = new AbortController();
    refuse((request) => {
      if (eventsIn(request).includes('{"n":4}') && eventsIn(request).length === 1) stop.abort();
      return true;
    });
    await expect(deliverAll(numbered(10), {}, stop.signal)).rejects.toMatchObject({ from: 0, to: 10 });
  });
});

describe('what passes later', () => {
  test.each([408, 425, 429, 500, 502, 503])('a chunk answered with %i is sent again', async (status) => {
    failFirst([status, 'later'], [status, 'later']);
    expect(spans(await deliverAll(numbered(2)))).toEqual([[0, 2]]);
    expect(server.received).toHaveLength(3);
    expect(recorded.at('warning')).toHaveLength(1);
    expect(recorded.at('info').at(-1)).toContain('takes events again');
  });

  test.each([
    ['HTML', '<html>proxy</html>'],
    ['JSON that was cut off', '{"event_ids": ["a"'],
    ['JSON without event ids', '{"ok": true}'],
    ['nothing', ''],
  ])('%s with 200 is no acknowledgement', async (_what, body) => {
    failFirst([200, body]);
    expect(spans(await deliverAll(numbered(2)))).toEqual([[0, 2]]);
    expect(server.received).toHaveLength(2);
  });

  test('a connection that breaks is made again', async () => {
    let broken = 0;
    handle = (request, response) => {
      if (broken++ === 0) response.destroy();
      else answer(response, 200, acknowledge(request));
    };
    expect(spans(await deliverAll(numbered(2)))).toEqual([[0, 2]]);
  });

  test('Retry-After is honoured instead of the own wait', async () => {
    failFirst([429, '', { 'Retry-After': '1' }]);
    const started = performance.now();
    await deliverAll(numbered(1));
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });

  test('the time it takes is not told more than once a minute', async () => {
    handle = (request, response) => {
      nowMs += 20_000;
      if (server.received.length <= 7) answer(response, 503, `unlike ${server.received.length}`);
      else answer(response, 200, acknowledge(request));
    };
    await deliverAll(numbered(1), { now: () => nowMs });
    expect(recorded.at('warning')).toHaveLength(3);
  });

  test('an intake that keeps failing makes the module unhealthy until it works again', async () => {
    let seen = 200;
    handle = (request, response) => {
      const unhealthy = health.liveness().status === 500;
      if (unhealthy) seen = 500;
      if (unhealthy) answer(response, 200, acknowledge(request));
      else answer(response, 503, '');
    };
    await deliverAll(numbered(1), { unhealthyAfterMs: 5 });
    expect(seen).toBe(500);
    expect(health.liveness().status).toBe(200);
  });
});

describe('wrong settings', () => {
  test("are not told by a single answer, which may be a moment's mistake", async () => {
    failFirst([401, 'who are you', {}]);
    expect(spans(await deliverAll(numbered(2)))).toEqual([[0, 2]]);
    expect(recorded.at('critical')).toEqual([]);
    expect(recorded.at('warning')).toHaveLength(1);
  });

  test.each([401, 403, 404, 302])(
    'with %i the events are held, and one critical entry says what to do',
    async (status) => {
      failFirst(
        ...Array.from({ length: 3 }, (): [number, string, Record<string, string>] => [
          status,
          `bad key ${KEY}`,
          { Location: `${server.url}/elsewhere` },
        ]),
      );
      expect(spans(await deliverAll(numbered(2)))).toEqual([[0, 2]]);
      expect(server.received.every(({ path }) => path.endsWith('/batch'))).toBe(true);
      expect(recorded.at('critical')).toHaveLength(1);
      expect(recorded.at('critical')[0]).toMatch(
        /correct the settings "intake_key" and "intake_server".*\[SDK-INTAKE\]$/,
      );
      expect(JSON.stringify(recorded.lines)).not.toContain(KEY);
    },
  );
});

describe('acknowledgement', () => {
  test('fewer event ids than events are told with both numbers, and the chunk counts as delivered', async () => {
    failFirst([200, { event_ids: ['only one'] }]);
    expect(spans(await deliverAll(numbered(3)))).toEqual([[0, 3]]);
    expect(recorded.at('warning')[0]).toContain('acknowledged 3 events but named only 1 event ids');
    expect(await metric('symphony_module_intake_unnamed_events_total')).toBe(2);
  });

  test('the intake key is in no metric', async () => {
    await deliverAll(numbered(1));
    const text = await registry.metrics();
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
    handle = (request, response) => {
      if (server.received.length === 2) stop.abort();
      else answer(response, 200, acknowledge(request));
    };
    const error = await undelivered(deliverAll(numbered(25), {}, stop.signal));
    expect(error).toMatchObject({ from: 10, to: 25, uncertain: { from: 10, to: 20 } });
    expect(error.message).toContain('events 10 to 19 may have arrived');
  });

  test('a wait is interrupted, and events that certainly did not arrive are not called uncertain', async () => {
    const stop = new AbortController();
    handle = (_request, response) => {
      answer(response, 429, '', { 'Retry-After': '3000' });
    };
    const failing = undelivered(deliverAll(numbered(5), {}, stop.signal));
    while (recorded.at('warning').length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    const error = await failing;
    expect(error).toMatchObject({ from: 0, to: 5, uncertain: undefined });
  });

  test('after an answer that was lost, the events stay uncertain', async () => {
    const stop = new AbortController();
    handle = (_request, response) => {
      if (server.received.length === 1) response.destroy();
      else {
        answer(response, 429, '', { 'Retry-After': '3000' });
        response.on('close', () => setTimeout(() => stop.abort(), 20));
      }
    };
    const error = await undelivered(deliverAll(numbered(5), {}, stop.signal));
    expect(error.uncertain).toEqual({ from: 0, to: 5 });
  });

  test('what went without an answer before it was halved stays uncertain as a whole', async () => {
    const stop = new AbortController();
    handle = (_request, response) => {
      if (server.received.length === 1) response.destroy();
      else if (server.received.length === 2) answer(response, 400, 'no');
      else {
        answer(response, 429, '', { 'Retry-After': '3000' });
        response.on('close', () => stop.abort());
      }
    };
    const error = await undelivered(deliverAll(numbered(6), { chunkSize: 4 }, stop.signal));
    expect(error).toMatchObject({ from: 0, to: 6, uncertain: { from: 0, to: 4 } });
  });

  test('stopping before the start sends nothing', async () => {
    const error = await undelivered(deliverAll(numbered(5), {}, AbortSignal.abort()));
    expect(error).toMatchObject({ from: 0, to: 5, uncertain: undefined });
    expect(server.received).toHaveLength(0);
  });

  test('stopping after the last acknowledgement is no failure', async () => {
    const stop = new AbortController();
    const receipts: Receipt[] = [];
    for await (const receipt of client().deliver(numbered(5), stop.signal)) {
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
    const failing = undelivered(deliverAll(numbered(1), { url: `${closed.url}/batch`, backoff: waits }, stop.signal));
    while (recorded.at('warning').length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    const error = await failing;
    expect(error.uncertain).toBeUndefined();
    expect(recorded.at('warning')[0]).toContain('ECONNREFUSED');
  });
});
