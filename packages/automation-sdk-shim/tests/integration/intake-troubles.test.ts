import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { respond, startLoopback, type Received } from '../support/loopback.js';
import {
  IntakeBench,
  KEY,
  NEVER,
  acknowledgement,
  eventsIn,
  expectEachOnce,
  holds,
  numbered,
  receiptsOf,
  rejectedIn,
  rejectedIndices,
  spans,
} from '../support/intake-bench.js';

const bench = IntakeBench.forEachTest();
const MINUTE_MS = 60_000;
const unknownKey = { error: 'INTAKE_KEY_ERROR', message: `no such key: ${KEY}` };
const encodings = () => bench.server.received.map(({ headers }) => headers['content-encoding'] ?? 'plain');

/** Answers each batch so until `attempts` were made, letting minutes pass with each. */
function failFor(attempts: number, minutes: number, status: number, body: unknown): void {
  let made = 0;
  bench.handle = (request, response) => {
    made += 1;
    bench.nowMs += minutes * MINUTE_MS;
    if (made <= attempts) respond(response, status, body);
    else bench.accept(request, response);
  };
}

describe('an intake key that is not active yet', () => {
  test.each([
    ['names the key', unknownKey],
    ['says nothing of use', 'Not ready'],
    ['is empty', ''],
  ])('holds the whole batch, is told once, and leaves the module alive: the answer %s', async (_what, body) => {
    const pages: unknown[] = [];
    failFor(10, 2, 422, body);
    const { handle } = bench;
    bench.handle = (request, response) => {
      if (bench.server.received.length > 1) pages.push([bench.healthPage().httpStatus, bench.healthPage().status]);
      handle(request, response);
    };
    const receipts = await bench.deliverAll(numbered(10), { compress: true });
    expect(spans(receipts)).toEqual([[0, 10]]);
    expect(bench.stored).toEqual(numbered(10));
    expect(new Set(bench.sizes)).toEqual(new Set([10]));
    expect(new Set(pages.slice(1).map(String))).toEqual(new Set(['200,degraded']));
    expect(bench.recorded.at('warning')).toHaveLength(1);
    expect(bench.recorded.at('warning')[0]).toMatch(
      /key may not be active yet: a new intake takes .* held .*\[SDK-INTAKE\]$/,
    );
    expect([...bench.recorded.at('error'), ...bench.recorded.at('critical')]).toEqual([]);
    expect(JSON.stringify(bench.recorded.lines)).not.toContain(KEY);
    expect(bench.healthPage().status).toBe('ok');
  });

  test('that lasts is an error after half an hour, once, and the batch is still held', async () => {
    failFor(40, 5, 422, unknownKey);
    expect(rejectedIn(await bench.deliverAll(numbered(10)))).toEqual([]);
    expect(bench.recorded.at('error')).toHaveLength(1);
    expect(bench.recorded.at('error')[0]).toContain('The intake key is probably wrong: copy it again');
    expect(bench.recorded.at('critical')).toEqual([]);
    expect(new Set(bench.sizes)).toEqual(new Set([10]));
  });

  test('is what the answer says also after the intake took events', async () => {
    const client = bench.client();
    await receiptsOf(client, numbered(1));
    failFor(5, 1, 422, unknownKey);
    expect(rejectedIn(await receiptsOf(client, numbered(10, 1)))).toEqual([]);
    expect(new Set(bench.sizes.slice(1))).toEqual(new Set([10]));
  });

  test('may be one bad event: after half an hour single ones are tried, and only that one is rejected', async () => {
    const bad = holds((n) => n === 4);
    bench.handle = (request, response) => {
      bench.nowMs += 5 * MINUTE_MS;
      if (bad(request)) respond(response, 422, 'no');
      else bench.accept(request, response);
    };
    const receipts = await bench.deliverAll(numbered(10));
    expect(rejectedIndices(receipts)).toEqual([4]);
    expectEachOnce(receipts, 10);
    expect(bench.stored.toSorted()).toEqual(numbered(10).filter((_event, index) => index !== 4));
    expect(bench.sizes.slice(0, 7)).toEqual(Array(7).fill(10));
  });
});

describe('an intake that does not unpack gzip', () => {
  test.each([400, 415, 422, 500, 501, 502, 406, 413])(
    'answers %i: one refused request, and plain ones from then on [F-22]',
    async (status) => {
      bench.responseWhere(({ headers }) => headers['content-encoding'] === 'gzip', status, 'cannot read this');
      expect(spans(await bench.deliverAll(numbered(25), { compress: true }))).toEqual([
        [0, 10],
        [10, 20],
        [20, 25],
      ]);
      expect(encodings()).toEqual(['gzip', 'plain', 'plain', 'plain']);
      expect(bench.recorded.at('warning')).toHaveLength(1);
      expect(bench.recorded.at('warning')[0]).toContain(`(${status})`);
    },
  );

  test('from its second batch on is found out by its 415', async () => {
    const client = bench.client({ compress: true });
    await receiptsOf(client, numbered(1));
    bench.responseWhere(({ headers }) => headers['content-encoding'] === 'gzip', 415, '');
    await receiptsOf(client, numbered(20, 1));
    expect(encodings()).toEqual(['gzip', 'gzip', 'plain', 'plain']);
  });

  test('and is away at first is found out when it is back', async () => {
    let requests = 0;
    bench.handle = (request, response) => {
      requests += 1;
      if (requests <= 6) respond(response, 500, '');
      else if (request.headers['content-encoding'] === 'gzip') respond(response, 400, 'no JSON');
      else bench.accept(request, response);
    };
    expect(rejectedIn(await bench.deliverAll(numbered(10), { compress: true }))).toEqual([]);
    expect(bench.stored.toSorted()).toEqual(numbered(10));
  });

  test('is not to blame where plain batches are refused as well', async () => {
    bench.failFirst([500, ''], [500, ''], [500, '']);
    await bench.deliverAll(numbered(20), { compress: true });
    expect(encodings()).toEqual(['gzip', 'plain', 'gzip', 'gzip', 'gzip']);
  });
});

describe('something in between that blocks compressed bodies', () => {
  test.each([401, 403, 404])('with %i is found out by the next try, and is not critical', async (status) => {
    bench.responseWhere(({ headers }) => headers['content-encoding'] === 'gzip', status, '');
    await bench.deliverAll(numbered(20), { compress: true });
    expect(encodings()).toEqual(['gzip', 'plain', 'plain']);
    expect(bench.recorded.at('critical')).toEqual([]);
  });
});

describe('a redirect', () => {
  const moved = (status: number, location: string) => (request: Received, response: Parameters<typeof respond>[0]) => {
    if (request.path.endsWith('/batch')) respond(response, status, '', { Location: location });
    else bench.accept(request, response);
  };

  test.each([301, 302, 307, 308])('with %i within the host is followed with the batch [F-23]', async (status) => {
    bench.handle = moved(status, '/new/place');
    expect(rejectedIn(await bench.deliverAll(numbered(20)))).toEqual([]);
    expect(bench.stored).toEqual(numbered(20));
    expect(bench.server.received.every(({ method }) => method === 'POST')).toBe(true);
    // Only a permanent one is remembered.
    expect(bench.server.received).toHaveLength(status === 301 || status === 308 ? 3 : 4);
    expect(bench.recorded.lines).toEqual([]);
  });

  test.each([
    [
      'to another host',
      302,
      'http://localhost:1/batch',
      /a redirect to localhost:1, which is not followed as it is another host/,
    ],
    ['in a circle', 301, '/api/v1/intake-http/batch', /in a circle/],
    ['that makes it a page', 303, '/page', /it answered 303, which is no answer to a batch/],
    ['without an address', 302, '', /in a circle|without an address/],
  ])('%s is not followed: one error that says so [F-23]', async (_what, status, location, said) => {
    bench.failFirst(
      ...Array.from({ length: 3 }, (): [number, string, Record<string, string>] => [
        status,
        '',
        { Location: location },
      ]),
    );
    expect(rejectedIn(await bench.deliverAll(numbered(2)))).toEqual([]);
    expect(bench.stored).toEqual(numbered(2));
    expect(bench.recorded.at('error')).toHaveLength(1);
    expect(bench.recorded.at('error')[0]).toMatch(said);
    expect(bench.recorded.at('error')[0]).toContain('Set "intake_server" to the address of the intake itself');
    expect(bench.recorded.at('critical')).toEqual([]);
  });

  test('is followed five times at most', async () => {
    let hops = 0;
    bench.handle = (request, response) => {
      hops += 1;
      if (hops <= 6) respond(response, 307, '', { Location: `/hop/${hops}` });
      else bench.accept(request, response);
    };
    await bench.deliverAll(numbered(1));
    expect(bench.recorded.at('error')[0]).toContain('after 5 redirects');
    expect(bench.stored).toEqual(numbered(1));
  });

  test('to another host gets neither key nor events', async () => {
    const other = await startLoopback((_request, response) => respond(response, 200, {}));
    const elsewhere = other.url.replace('127.0.0.1', 'localhost');
    bench.failFirst([307, '', { Location: `${elsewhere}/batch` }], [308, '', { Location: `${elsewhere}/batch` }]);
    await bench.deliverAll(numbered(1));
    expect(other.received).toEqual([]);
    await other.close();
  });
});

describe('severity', () => {
  test.each([503, 429, 500])(
    'an intake that answers %i: warnings, one error after five minutes, never critical',
    async (status) => {
      failFor(20, 0.5, status, '');
      await bench.deliverAll(numbered(1));
      expect(bench.recorded.at('error')).toHaveLength(1);
      expect(bench.recorded.at('critical')).toEqual([]);
      expect(bench.recorded.at('warning').length).toBeLessThanOrEqual(10);
      expect(bench.recorded.at('info').at(-1)).toContain('takes events again');
      expect(bench.healthPage()).toMatchObject({ httpStatus: 200, status: 'ok', reasons: [] });
    },
  );

  test.each(['3000', '86400', '9'.repeat(30)])(
    'a wait of %s s that it asks for hides neither status nor error',
    async (seconds) => {
      const stop = new AbortController();
      bench.handle = (_request, response) => respond(response, 503, '', { 'Retry-After': seconds });
      const delivery = bench.deliverAll(numbered(1), { errorAfterMs: 20 }, stop.signal).catch(() => undefined);
      while (bench.recorded.at('warning').length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(bench.healthPage()).toMatchObject({ httpStatus: 200, status: 'degraded' });
      while (bench.recorded.at('error').length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      stop.abort();
      await delivery;
      expect(bench.server.received).toHaveLength(1);
    },
  );

  test.each([401, 403, 404])('the third %i in a row is critical, and says what to do', async (status) => {
    const statuses: string[] = [];
    let made = 0;
    bench.handle = (request, response) => {
      statuses.push(bench.healthPage().status);
      made += 1;
      if (made <= 5) respond(response, status, `bad key ${KEY}`);
      else bench.accept(request, response);
    };
    expect(spans(await bench.deliverAll(numbered(2), { compress: true }))).toEqual([[0, 2]]);
    expect(statuses).toEqual(['ok', 'degraded', 'degraded', 'misconfigured', 'misconfigured', 'misconfigured']);
    expect(bench.recorded.at('critical')).toHaveLength(1);
    expect(bench.recorded.at('critical')[0]).toMatch(
      /correct the settings "intake_key" and "intake_server".*\[SDK-INTAKE\]$/,
    );
    expect(JSON.stringify(bench.recorded.lines)).not.toContain(KEY);
  });

  test('two, or three with another answer between them, are not critical', async () => {
    bench.failFirst([401, ''], [401, ''], [503, ''], [403, '']);
    await bench.deliverAll(numbered(2));
    expect(bench.recorded.at('critical')).toEqual([]);
  });

  test('an answer without event ids is no acknowledgement: an error, and the batch is sent again [F-33]', async () => {
    bench.failFirst([200, { event_ids: [] }], [200, { event_ids: [] }]);
    expect(spans(await bench.deliverAll(numbered(3)))).toEqual([[0, 3]]);
    expect(bench.stored).toEqual(numbered(3));
    expect(bench.recorded.at('error')[0]).toContain('it answered 200 with no event id for 3 events');
    expect(bench.recorded.at('critical')).toEqual([]);
  });
});

describe('bad events among good ones', () => {
  test.each([
    ['413 for a batch', 413],
    ['400 for a batch', 400],
    ['422 for a batch', 422],
    ['500 for a batch', 500],
    ['502 for a batch', 502],
    ['403 of something in between', 403],
  ])('%s: those alone are rejected, with the reason', async (_what, status) => {
    const client = bench.client();
    await receiptsOf(client, numbered(1, 100));
    bench.responseWhere(
      holds((n) => n === 3 || n === 8),
      status,
      `no ${KEY} ${'x'.repeat(2_000)}`,
    );
    const receipts = await receiptsOf(client, numbered(30));
    expect(rejectedIndices(receipts)).toEqual([3, 8]);
    expectEachOnce(receipts, 30);
    expect(bench.stored).toHaveLength(1 + 28);
    expect(new Set(bench.stored).size).toBe(1 + 28);
    expect(rejectedIn(receipts)[0]!.reason).toMatch(
      new RegExp(`^The intake (?:refused|did not acknowledge) the event.*: it answered ${status}`),
    );
    expect(rejectedIn(receipts)[0]!.reason.length).toBeLessThan(400);
    expect(rejectedIn(receipts)[0]!.reason).not.toContain(KEY);
    expect(bench.recorded.at('critical')).toEqual([]);
    expect(await bench.metric('symphony_module_common_discarded_events_total')).toBe(2);
  });

  test('a connection that breaks for one event: the same', async () => {
    bench.handle = (request, response) => {
      if (holds((n) => n === 3)(request)) response.destroy();
      else bench.accept(request, response);
    };
    expect(rejectedIndices(await bench.deliverAll(numbered(10)))).toEqual([3]);
    expect(bench.stored.toSorted()).toEqual(numbered(10).filter((_event, index) => index !== 3));
  });

  test('an intake that refuses everything after it took events: all is held, an error after five minutes [F-26]', async () => {
    const client = bench.client();
    await receiptsOf(client, numbered(1, 100));
    failFor(60, 0.5, 400, 'not my format');
    expect(rejectedIn(await receiptsOf(client, numbered(10)))).toEqual([]);
    expect(bench.stored).toHaveLength(11);
    expect(bench.recorded.at('error')).toHaveLength(1);
    expect(bench.recorded.at('error')[0]).toMatch(
      /refuses every event, so the events are not to blame\. Check .*"intake_format"/,
    );
    expect(bench.recorded.at('critical')).toEqual([]);
    // After the first five requests, a round has two: all of it, and one event.
    expect(bench.sizes.slice(6, 12)).toEqual([10, 1, 10, 1, 10, 1]);
  });

  test('an event set aside for want of proof is sent again once the intake takes others', async () => {
    const client = bench.client();
    await receiptsOf(client, numbered(1, 100));
    failFor(25, 5, 400, 'no');
    const receipts = await receiptsOf(client, numbered(1));
    expect(rejectedIndices(receipts)).toEqual([0]);
    expect(rejectedIn(await receiptsOf(client, numbered(1, 1)))).toEqual([]);
    expect(bench.stored).toEqual([...numbered(1, 100), ...numbered(1, 1), ...numbered(1)]);
    expect(bench.recorded.at('info').at(-1)).toContain('its rejection no longer counts');
  });
});

describe('an answer with a status for each event', () => {
  const bad = (event: string) => event === '{"n":3}';

  test.each([
    [
      'null among the ids',
      (events: string[]) => ({ event_ids: events.map((event) => (bad(event) ? null : randomUUID())) }),
    ],
    ['results', (events: string[]) => ({ results: events.map((event) => ({ status: bad(event) ? 413 : 200 })) })],
    [
      'errors keyed by index',
      (events: string[]) => ({
        event_ids: events.filter((event) => !bad(event)).map(() => randomUUID()),
        errors: Object.fromEntries(events.flatMap((event, index) => (bad(event) ? [[index, { code: 413 }]] : []))),
      }),
    ],
    [
      'a count of errors',
      (events: string[]) => ({
        event_ids: events.filter((event) => !bad(event)).map(() => randomUUID()),
        failed: events.filter(bad).length,
      }),
    ],
  ])('%s: the refused event is rejected, and all others arrive', async (what, body) => {
    bench.handle = (request, response) => {
      const events = eventsIn(request);
      bench.stored.push(...events.filter((event) => !bad(event)));
      respond(response, 200, body(events));
    };
    const receipts = await bench.deliverAll(numbered(10));
    expect(rejectedIndices(receipts)).toEqual([3]);
    expectEachOnce(receipts, 10);
    expect(new Set(bench.stored)).toEqual(new Set(numbered(10).filter((event) => !bad(event))));
    if (what !== 'a count of errors') expect(bench.stored).toHaveLength(9);
  });

  test.each([429, 503])('an event answered %i is sent again, alone', async (status) => {
    let first = true;
    bench.handle = (request, response) => {
      const events = eventsIn(request);
      const isLate = (event: string) => first && bad(event);
      bench.stored.push(...events.filter((event) => !isLate(event)));
      respond(response, 200, { results: events.map((event) => ({ status: isLate(event) ? status : 200 })) });
      first = false;
    };
    expect(rejectedIn(await bench.deliverAll(numbered(10)))).toEqual([]);
    expect(bench.stored.toSorted()).toEqual(numbered(10));
    expect(bench.sizes).toEqual([10, 1]);
  });

  test('ids that come late are asked for once more', async () => {
    let first = true;
    bench.handle = (request, response) => {
      const { event_ids } = acknowledgement(request);
      respond(response, 200, { event_ids: first ? event_ids.map((id, index) => (index < 4 ? id : null)) : event_ids });
      first = false;
    };
    expect(rejectedIn(await bench.deliverAll(numbered(10)))).toEqual([]);
    expect(bench.server.received.length).toBeLessThanOrEqual(3);
  });

  test('a stop in between names what may have arrived', async () => {
    const stop = new AbortController();
    bench.handle = (request, response) => {
      const events = eventsIn(request);
      if (events.length === 1) stop.abort();
      respond(response, 200, { results: events.map((event) => ({ status: bad(event) ? 429 : 200 })) });
    };
    await expect(bench.deliverAll(numbered(10), {}, stop.signal)).rejects.toMatchObject({
      from: 3,
      to: 10,
      // The others were acknowledged, and have their receipts.
      uncertain: { from: 3, to: 4 },
    });
    expect(NEVER.aborted).toBe(false);
  });
});
