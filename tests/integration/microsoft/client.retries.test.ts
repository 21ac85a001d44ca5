import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { RangeRefusedError, UnavailableError } from '../../../src/model/errors.js';
import { BasicAuthorization } from '../../../src/microsoft/sign-in/authorization.js';
import { MicrosoftClient, type ClientOptions } from '../../../src/microsoft/http/client.js';
import { parseJson } from '../../../src/microsoft/http/json.js';
import type { Response } from '../../../src/microsoft/http/transport.js';
import { unavailable } from '../../../src/microsoft/classify-response.js';
import { skipWaits } from '../../support/fast-forward.js';
import { respond, startLoopback } from '../../support/loopback.js';
import { transportWith } from '../../support/outbound.js';

const password = 'C0rrect-h0rse';
const authorization = new BasicAuthorization('svc-trace@contoso.com', password);
const query = '?$filter=subject-of-the-query';

function clientOf(origin: string, options: Partial<ClientOptions> = {}): MicrosoftClient {
  return new MicrosoftClient(origin, { transport: transportWith(), authorization, ...options });
}

const jsonOf = (it: Response) => {
  const away = unavailable(it);
  if (away !== undefined) throw away;
  return parseJson(it.body, it.host);
};

/** What a service may do for a while, by what it is called. */
const passing: [string, (response: ServerResponse) => void][] = [
  ...[408, 429, 500, 502, 503, 504].map((status): [string, (response: ServerResponse) => void] => [
    `an answer of ${status}`,
    (response) => respond(response, status, '{}'),
  ]),
  ['a connection that is reset', (response) => response.socket?.resetAndDestroy()],
  ['a connection that is closed', (response) => response.socket?.destroy()],
  [
    'an answer that breaks off',
    (response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"value":', () => response.socket?.destroy());
    },
  ],
  ['JSON that is cut off', (response) => respond(response, 200, '{"value":[')],
  ['a page of HTML', (response) => respond(response, 200, '<html>Maintenance</html>')],
  ['an empty answer', (response) => respond(response, 200, '')],
];

describe('after a failure that passes', () => {
  test.each(passing)('the same is asked again: %s', async (_name, fail) => {
    const waits = skipWaits();
    const server = await startLoopback((_, response, number) => {
      if (number < 3) fail(response);
      else respond(response, 200, { value: [] });
    });
    const result = await clientOf(server.origin).get(
      { url: new URL(`/rows${query}`, server.origin), parse: jsonOf },
      new AbortController().signal,
    );
    expect(result).toEqual({ value: [] });
    expect(server.received.map(({ target }) => target)).toEqual(Array(3).fill(`/rows${query}`));
    expect(waits.filter((waitMs) => waitMs > 0)).toHaveLength(2);
  });

  test.each(passing)(
    'five tries are enough, and the error holds neither credentials nor query: %s [F-01]',
    async (_name, fail) => {
      const waits = skipWaits();
      const server = await startLoopback((_, response) => fail(response));
      const asking = clientOf(server.origin).get(
        { url: new URL(`/rows${query}`, server.origin), parse: jsonOf },
        new AbortController().signal,
      );
      const error: unknown = await asking.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UnavailableError);
      expect(server.received).toHaveLength(5);

      const told = inspect(error, { depth: Infinity, showHidden: true });
      for (const secret of [
        password,
        authorization.value,
        authorization.value.slice(6),
        'svc-trace',
        'subject-of-the-query',
      ]) {
        expect(told).not.toContain(secret);
      }
      // Anything up to 1 s, 2 s, 4 s, 8 s.
      const ours = waits.filter((waitMs) => waitMs > 0);
      expect(ours).toHaveLength(4);
      for (const [index, waitMs] of ours.entries()) {
        expect(waitMs).toBeGreaterThanOrEqual(100);
        expect(waitMs).toBeLessThanOrEqual(1000 * 2 ** index);
      }
    },
  );

  test('waits stay short while other questions are answered, and grow while none is', async () => {
    const waits = skipWaits();
    const server = await startLoopback((request, response) =>
      respond(response, request.target.startsWith('/good') ? 200 : 500, '{}'),
    );
    const client = clientOf(server.origin);
    const ask = (path: string, tries: number) =>
      client
        .get({ url: new URL(path, server.origin), parse: jsonOf, tries }, new AbortController().signal)
        .catch(() => undefined);
    for (let round = 0; round < 20; round += 1) {
      await ask('/bad', 2);
      await ask('/good', 1);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
    for (let round = 0; round < 20; round += 1) await ask('/bad', 2);
    expect(Math.max(...waits)).toBeGreaterThan(10_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  });

  test('a host that takes no connections is told by its name and the code', async () => {
    skipWaits();
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    await server.close();
    const results: string[] = [];
    const client = clientOf(server.origin, {
      transport: transportWith({ onResult: (result) => results.push(result) }),
    });
    const asking = client.get({ url: new URL(server.origin), parse: jsonOf }, new AbortController().signal);
    await expect(asking).rejects.toThrow(`${new URL(server.origin).host} could not be reached: ECONNREFUSED`);
    expect(results).toEqual(Array(5).fill('ECONNREFUSED'));
  });

  test('every try counts with its status or the code of its failure, and asks for a fresh authorization', async () => {
    skipWaits();
    const server = await startLoopback((_, response, number) => {
      if (number === 1) respond(response, 503, '');
      else if (number === 2) response.socket?.resetAndDestroy();
      else respond(response, 200, '{}');
    });
    const results: string[] = [];
    let tokens = 0;
    const client = clientOf(server.origin, {
      authorization: { header: () => Promise.resolve(`Bearer ${++tokens}`), discard: () => true },
      transport: transportWith({ onResult: (result) => results.push(result) }),
    });
    await client.get({ url: new URL(server.origin), parse: jsonOf }, new AbortController().signal);
    expect(results).toEqual(['503', 'ECONNRESET', '200']);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3']);
  });
});

test('what the answer is found to mean is final, unless it is called unavailable', async () => {
  const waits = skipWaits();
  const server = await startLoopback((_, response) => respond(response, 400, 'The query is bad.'));
  const refused = new RangeRefusedError('The service refused the query.');
  const parse = () => {
    throw refused;
  };
  const asking = clientOf(server.origin).get({ url: new URL(server.origin), parse }, new AbortController().signal);
  await expect(asking).rejects.toBe(refused);
  expect(server.received).toHaveLength(1);
  expect(waits).toEqual([]);
});

test.each([
  ['in seconds', () => ({ 'Retry-After': '1' })],
  [
    'as a date, by the clock of the service',
    () => ({ Date: 'Mon, 25 Jul 2022 12:26:13 GMT', 'Retry-After': 'Mon, 25 Jul 2022 12:26:14 GMT' }),
  ],
])('it is not asked again before the time that the service names %s', async (_form, headers) => {
  const server = await startLoopback((_, response, number) => {
    if (number === 1) respond(response, 429, 'Too many.', headers());
    else respond(response, 200, '{}');
  });
  await clientOf(server.origin).get({ url: new URL(server.origin), parse: jsonOf }, new AbortController().signal);
  const [first, second] = server.received;
  // A timer may fire a little early by another clock.
  expect(second!.atMs - first!.atMs).toBeGreaterThan(950);
});

describe('when it is stopped, it stops at once', () => {
  /** More than a busy machine needs, and less than the limit for an answer or the pause that the service asks for. */
  const soonMs = 30_000;

  test(
    'while the service does not answer',
    async () => {
      const server = await startLoopback(() => undefined);
      const stop = new AbortController();
      const results: string[] = [];
      const client = clientOf(server.origin, {
        transport: transportWith({ onResult: (result) => results.push(result) }),
      });
      const asking = client.get({ url: new URL(server.origin), parse: jsonOf }, stop.signal);
      await server.arrived(1);
      stop.abort();
      await expect(asking).rejects.not.toBeInstanceOf(UnavailableError);
      expect(server.received).toHaveLength(1);
      expect(results).toEqual([]);
    },
    soonMs,
  );

  test.each([
    ['between two tries', {}],
    ['while the service has asked for ten minutes of rest', { 'Retry-After': '600' }],
  ])(
    '%s',
    async (_moment, headers) => {
      const server = await startLoopback((_, response) => respond(response, 503, '', headers));
      const stop = new AbortController();
      // The wait begins in the turns of the loop that follow the answer.
      const transport = transportWith({ onResult: () => setTimeout(() => stop.abort(), 50) });
      const client = clientOf(server.origin, { transport });
      const asking = client.get({ url: new URL(server.origin), parse: jsonOf }, stop.signal);
      await expect(asking).rejects.not.toBeInstanceOf(UnavailableError);
      expect(server.received).toHaveLength(1);
    },
    soonMs,
  );

  test('before it has begun', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    const asking = clientOf(server.origin).get({ url: new URL(server.origin), parse: jsonOf }, AbortSignal.abort());
    await expect(asking).rejects.toBeDefined();
    expect(server.received).toHaveLength(0);
  });
});

test.each([
  ['2.128', 2128],
  ['0.249', 249],
  ['17', 17_000],
])('Retry-After %s is waited for to the millisecond, and hardly longer', async (text, leastMs) => {
  const waits = skipWaits();
  const server = await startLoopback((_, response, number) => {
    if (number === 1) respond(response, 429, 'Too many.', { 'Retry-After': text });
    else respond(response, 200, '{}');
  });
  await clientOf(server.origin).get({ url: new URL(server.origin), parse: jsonOf }, new AbortController().signal);
  const [wait] = waits.filter((waitMs) => waitMs > 0);
  expect(wait).toBeGreaterThanOrEqual(leastMs);
  expect(wait).toBeLessThanOrEqual(Math.max(leastMs, 1000));
});

describe('a service that asks for long waits', () => {
  const asking = (seconds: string) => async () => {
    const waits = skipWaits();
    const server = await startLoopback((_, response) => respond(response, 503, '', { 'Retry-After': seconds }));
    const client = clientOf(server.origin);
    const errors: UnavailableError[] = [];
    for (let request = 0; request < 4; request += 1)
      await client
        .get({ url: new URL(server.origin), parse: jsonOf }, new AbortController().signal)
        .catch((error: unknown) => errors.push(error as UnavailableError));
    return { errors, requests: server.received.length, waits: waits.filter((waitMs) => waitMs > 1_000) };
  };

  test('is waited for in place for two minutes, and then whoever plans the questions waits, ever longer', async () => {
    const { errors, requests, waits } = await asking('600')();
    expect(waits).toEqual([120_000]);
    expect(errors.map(({ retryAfterMs }) => retryAfterMs / 60_000)).toEqual([4, 8, 10, 10]);
    expect(requests).toBe(5);
  });

  test('is waited for in place as often as two minutes hold', async () => {
    const { errors, requests, waits } = await asking('50')();
    // Our own waits grow to a minute meanwhile, and may be the longer ones.
    expect(waits).toHaveLength(8);
    for (const waitMs of waits) expect(waitMs).toBeGreaterThanOrEqual(50_000);
    expect(errors.map(({ retryAfterMs }) => retryAfterMs)).toEqual(Array(4).fill(50_000));
    expect(requests).toBe(12);
  });
});
