import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  INTAKE_FAULTS,
  MAX_EVENT_BYTES,
  MAX_REQUEST_BYTES,
  startIntake,
  type Intake,
  type IntakeFault,
  type IntakeOptions,
} from '../../../src/index.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let intake: Intake;
afterEach(() => intake.close());

async function open(options: Partial<IntakeOptions> = {}): Promise<void> {
  intake = await startIntake({ intakeKey: 'key', ...options });
}

function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const sent = typeof body === 'string' ? body : new Uint8Array(body);
  return fetch(`${intake.url}/batch`, { method: 'POST', body: sent, headers });
}

const deliver = (...events: unknown[]) => post(JSON.stringify({ intake_key: 'key', jsons: events }));

async function responseTo(request: Promise<Response>): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await request;
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('storing', () => {
  test('answers an id for each event, keeps the events in order and counts their bytes', async () => {
    const batches: (readonly string[])[] = [];
    await open({ onEvents: (events) => batches.push(events) });
    const { status, body } = await responseTo(deliver('first', 'zweite ü'));
    expect(status).toBe(200);
    const ids = body['event_ids'] as string[];
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(UUID);
    expect(intake.events()).toEqual(['first', 'zweite ü']);
    expect(batches).toEqual([['first', 'zweite ü']]);
    expect(intake.totals()).toEqual({
      requests: 1,
      results: { accepted: 1 },
      batches: 1,
      events: 2,
      eventBytes: 5 + 9,
      maxBatchEvents: 2,
    });
  });

  test('answers below its base path only', async () => {
    await open({ basePath: '/api/v1/intake-http' });
    expect(intake.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/intake-http$/);
    expect((await deliver('a')).status).toBe(200);
    expect((await fetch(new URL('/batch', intake.url), { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await fetch(`${intake.url}/batch`)).status).toBe(404);
    expect(intake.totals().requests).toBe(1);
  });

  test('unpacks gzip', async () => {
    await open();
    const packed = gzipSync(JSON.stringify({ intake_key: 'key', jsons: ['small'] }));
    expect((await post(packed, { 'Content-Encoding': 'gzip' })).status).toBe(200);
    expect(intake.events()).toEqual(['small']);
  });

  test('keeps the last events only, or all of them', async () => {
    await open({ keep: 2 });
    for (const event of ['a', 'b', 'c', 'd', 'e', 'f']) await deliver(event);
    expect(intake.events()).toEqual(['e', 'f']);
    await intake.close();
    await open({ keep: 'all' });
    await deliver(...Array.from({ length: 1500 }, (_, number) => String(number)));
    expect(intake.events()).toHaveLength(1500);
  });
});

describe('refusing', () => {
  test('takes a body of exactly the limit and refuses one byte more', async () => {
    await open();
    const empty = JSON.stringify({ intake_key: 'key', jsons: [], filler: '' });
    const body = (bytes: number) => empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
    expect((await post(body(MAX_REQUEST_BYTES))).status).toBe(200);
    expect((await post(body(MAX_REQUEST_BYTES + 1))).status).toBe(413);
    expect(intake.totals().results).toEqual({ accepted: 1, 'refused-413': 1 });
  });

  test('refuses a small body that unpacks to more than the limit', async () => {
    await open();
    const bomb = gzipSync(Buffer.alloc(MAX_REQUEST_BYTES + 1, 0x20));
    expect((await post(bomb, { 'Content-Encoding': 'gzip' })).status).toBe(413);
  });

  test('measures events in bytes, not in characters, and names the one that is too long', async () => {
    await open();
    expect((await deliver('x'.repeat(MAX_EVENT_BYTES))).status).toBe(200);
    const { status, body } = await responseTo(deliver('fine', 'ü'.repeat(MAX_EVENT_BYTES / 2 + 1)));
    expect(status).toBe(400);
    expect(body['error']).toMatch(/jsons\[1\] has 250002 bytes/);
    expect(intake.totals().events).toBe(1);
  });

  test.each([401, 403] as const)('answers %d to a wrong key', async (wrongKeyStatus) => {
    await open({ wrongKeyStatus });
    expect((await post('{"intake_key":"other","jsons":["a"]}')).status).toBe(wrongKeyStatus);
    expect(intake.totals().events).toBe(0);
  });

  test.each([
    ['no JSON', '{"intake_key":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a missing key', '{"jsons":[]}'],
    ['events that are no list', '{"intake_key":"key","jsons":"a"}'],
  ])('answers 400 to %s', async (_what, body) => {
    await open();
    expect((await post(body)).status).toBe(400);
  });

  test('answers 422 to an event that is no string', async () => {
    await open();
    expect((await deliver('a', { b: 1 })).status).toBe(422);
    expect(intake.totals().events).toBe(0);
  });

  test('refuses a batch for the sake of one event, and takes the others without it', async () => {
    await open();
    intake.refuseEvents((event) => event === 'poison');
    expect((await deliver('a', 'poison', 'b')).status).toBe(422);
    expect((await deliver('a', 'b')).status).toBe(200);
    expect(intake.events()).toEqual(['a', 'b']);
  });

  test.each([
    ['gzip', false],
    ['br', true],
  ])('answers 415 to the encoding %s where it is not accepted', async (encoding, acceptGzip) => {
    await open({ acceptGzip });
    expect((await post('{}', { 'Content-Encoding': encoding })).status).toBe(415);
  });

  test('answers 400 to gzip that is none', async () => {
    await open();
    expect((await post('plain', { 'Content-Encoding': 'gzip' })).status).toBe(400);
  });

  test('answers 403 to a page of another origin', async () => {
    await open();
    expect((await post('{}', { Origin: 'https://example.com' })).status).toBe(403);
    expect(intake.totals().requests).toBe(0);
  });
});

describe('failing on demand', () => {
  const statuses = INTAKE_FAULTS.filter((fault) => /^\d/.test(fault));

  test.each(statuses)('answers %s and stores nothing', async (fault) => {
    await open();
    intake.faults.failNext(fault);
    const response = await deliver('a');
    expect(response.status).toBe(Number.parseInt(fault, 10));
    expect(response.headers.has('retry-after')).toBe(fault.includes('retry-after'));
    expect(intake.totals()).toMatchObject({ events: 0, results: { [`fault-${fault}`]: 1 } });
  });

  test('gives Retry-After in seconds or as a date to come', async () => {
    await open({ retryAfterSeconds: 30 });
    intake.faults.failNext('503-retry-after-seconds');
    intake.faults.failNext('503-retry-after-date');
    expect((await deliver('a')).headers.get('retry-after')).toBe('30');
    const before = Date.now();
    const date = (await deliver('a')).headers.get('retry-after') ?? '';
    expect(date).toMatch(/^\w{3}, \d\d \w{3} \d{4} .* GMT$/);
    expect(Date.parse(date)).toBeGreaterThan(before + 28_000);
  });

  test.each(['reset-before-reading', 'reset-after-reading'] as const)(
    '%s cuts, and nothing is stored',
    async (fault) => {
      await open();
      intake.faults.failNext(fault);
      await expect(deliver('a')).rejects.toThrow('fetch failed');
      expect(intake.totals().events).toBe(0);
    },
  );

  test('cuts after having stored, where the acknowledgement is to be lost', async () => {
    await open();
    intake.faults.failNext('lost-acknowledgement');
    await expect(deliver('a')).rejects.toThrow('fetch failed');
    expect(intake.events()).toEqual(['a']);
    expect((await deliver('a')).status).toBe(200);
    expect(intake.events()).toEqual(['a', 'a']);
  });

  test('answers 200 with JSON that is cut off, or with a web page, and stores nothing', async () => {
    await open();
    intake.faults.failNext('cut-off-json');
    intake.faults.failNext('html');
    const cutOff = await deliver('a');
    expect(cutOff.status).toBe(200);
    await expect(cutOff.json()).rejects.toThrow('JSON');
    const page = await deliver('a');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(intake.totals().events).toBe(0);
  });

  test('names fewer ids than it has stored', async () => {
    await open();
    intake.faults.failNext('fewer-ids');
    const { body } = await responseTo(deliver('a', 'b'));
    expect(body['event_ids']).toHaveLength(1);
    expect(intake.totals().events).toBe(2);
  });

  test('names no event, though it has stored them', async () => {
    await open();
    intake.faults.failNext('no-ids');
    const { body } = await responseTo(deliver('a', 'b'));
    expect(body['event_ids']).toEqual([]);
    expect(intake.totals()).toMatchObject({ events: 2, results: { 'fault-no-ids': 1 } });
  });

  test('stores before an answer that a rule makes late', async () => {
    await open();
    intake.respondToBatches(({ events }) => ({ status: 200, body: {}, stored: events, afterMs: 50 }));
    const late = deliver('a');
    await intake.until(({ events }) => events === 1);
    const startedMs = performance.now();
    expect((await late).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThan(20);
  });

  test('stores before a slow answer', async () => {
    await open({ slowMs: 20 });
    intake.faults.failNext('slow');
    expect((await deliver('a')).status).toBe(200);
    expect(intake.totals()).toMatchObject({ events: 1, results: { 'fault-slow': 1 } });
  });

  test('hangs until the client gives up', async () => {
    await open();
    intake.faults.failNext('hang');
    const retryPolicy = new AbortController();
    const response = fetch(`${intake.url}/batch`, { method: 'POST', body: '{}', signal: retryPolicy.signal });
    await intake.until(({ results }) => results['fault-hang'] === 1);
    retryPolicy.abort();
    await expect(response).rejects.toThrow('aborted');
    expect(intake.totals().events).toBe(0);
  });

  test('does what was ordered first, and all of it during an outage', async () => {
    await open();
    intake.faults.failNext('500', 2);
    intake.faults.failNext('429');
    intake.faults.startOutage('503');
    expect((await deliver('a')).status).toBe(503);
    intake.faults.endOutage();
    const statusesSeen: number[] = [];
    for (let request = 0; request < 4; request += 1) statusesSeen.push((await deliver('a')).status);
    expect(statusesSeen).toEqual([500, 500, 429, 200]);
  });

  test('draws the same faults from the same seed, about as many as asked for', async () => {
    const kinds: IntakeFault[] = ['500', '429'];
    const draw = async (seed: number) => {
      await open({ faults: { share: 0.3, kinds, seed } });
      const seen: number[] = [];
      for (let request = 0; request < 100; request += 1) seen.push((await deliver('a')).status);
      return seen;
    };
    const first = await draw(7);
    await intake.close();
    const again = await draw(7);
    await intake.close();
    const other = await draw(8);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const failed = first.filter((status) => status !== 200);
    expect(failed.length).toBeGreaterThan(15);
    expect(failed.length).toBeLessThan(45);
    expect(new Set(failed)).toEqual(new Set([500, 429]));
  });
});

describe('waiting', () => {
  test('tells as soon as the totals are as expected', async () => {
    await open();
    const enough = intake.until(({ events }) => events >= 2);
    await deliver('a');
    await deliver('b');
    expect((await enough).events).toBe(2);
    expect((await intake.until(({ events }) => events >= 1)).events).toBe(2);
  });

  test('gives up with the totals in its message, in time or when the intake is closed', async () => {
    await open();
    await expect(intake.until(() => false, { withinMs: 1 })).rejects.toThrow(/within 1 ms.*"requests":0/);
    const wait = intake.until(() => false);
    await intake.close();
    await expect(wait).rejects.toThrow('before the intake was closed');
    await expect(intake.until(() => false)).rejects.toThrow('before the intake was closed');
  });
});
