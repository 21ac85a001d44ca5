import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { NetworkError } from '@sekoia/automation-sdk-shim';
import { PlanAgainError, UnavailableError } from '../../../src/model/errors.js';
import type { Request } from '../../../src/microsoft/http/transport.js';
import { waitBy } from '../../support/fast-forward.js';
import { TEST_TIMERS } from '../../support/test-timers.js';
import { respond, startLoopback } from '../../support/loopback.js';
import { transportWith } from '../../support/outbound.js';

const { signal } = new AbortController();
const secret = 's3cret-of-the-request';

function get(url: string, headers: Record<string, string> = {}): Request {
  return { method: 'GET', url: new URL(url), headers };
}

describe('one request', () => {
  test('carries its headers, the user agent and the wish for JSON', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    await transportWith().send(get(`${server.origin}/rows?$top=1`, { Authorization: 'Bearer t0ken' }), signal);
    expect(server.received).toMatchObject([
      {
        method: 'GET',
        target: '/rows?$top=1',
        body: '',
        headers: {
          authorization: 'Bearer t0ken',
          accept: 'application/json',
          'user-agent': 'message-trace-test/1.0',
        },
      },
    ]);
  });

  test('carries a body as it is, whatever its type', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    const bodies = ['grant_type=password&password=a%20%2B%22b', '{"a": 1 }', '"text"'];
    for (const body of bodies) {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8' };
      await transportWith().send({ method: 'POST', url: new URL('/token', server.origin), headers, body }, signal);
    }
    expect(server.received.map(({ body }) => body)).toEqual(bodies);
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
    });
  });

  test.each([200, 204, 304, 400, 401, 404, 429, 500, 503])(
    'is answered by status %i and the text as it came',
    async (status) => {
      const text = [204, 304].includes(status) ? '' : '{"Subject": "Résumé", "Size": 12345678901234567890 }';
      const server = await startLoopback((_, response) => respond(response, status, text));
      expect(await transportWith().send(get(`${server.origin}/rows`), signal)).toEqual({
        host: new URL(server.origin).host,
        status,
        body: text,
        location: undefined,
        retryAfterMs: undefined,
        dateMs: expect.any(Number),
      });
    },
  );

  test('is answered by how long to wait, seen from the date of the answer', async () => {
    const headers = { Date: 'Mon, 25 Jul 2022 12:26:13 GMT', 'Retry-After': 'Mon, 25 Jul 2022 12:26:43 GMT' };
    const server = await startLoopback((_, response) => respond(response, 503, '', headers));
    expect(await transportWith().send(get(server.origin), signal)).toMatchObject({ retryAfterMs: 30_000 });
  });

  test('tells the date of the answer, between instants before the question and after the answer', async () => {
    const server = await startLoopback((_, response) =>
      respond(response, 200, '{}', { Date: 'Mon, 25 Jul 2022 12:26:13 GMT' }),
    );
    let instant = 0;
    const dates: [number, number, number][] = [];
    const transport = transportWith({
      mark: () => {
        const marked = ++instant;
        return () => marked;
      },
      onDate: (dateMs, sentAt, receivedAt) => dates.push([dateMs, sentAt(), receivedAt()]),
    });
    await transport.send(get(server.origin), signal);
    expect(dates).toEqual([[Date.parse('2022-07-25T12:26:13Z'), 1, 2]]);
  });

  test.each([['yesterday'], ['']])(
    'does without a date where the answer has none that can be read: %j',
    async (date) => {
      const server = await startLoopback((_, response) => respond(response, 200, '{}', { Date: date }));
      const dates: number[] = [];
      await transportWith({ onDate: (dateMs) => dates.push(dateMs) }).send(get(server.origin), signal);
      expect(dates).toEqual([]);
    },
  );
});

test.each([301, 302, 303, 307, 308])(
  'a redirect (%i) is handed over and not followed, wherever it leads',
  async (status) => {
    const other = await startLoopback((_, response) => respond(response, 200, '{}'));
    const targets = [`${other.origin}/elsewhere`, '/same-host'];
    const server = await startLoopback((_, response, number) =>
      respond(response, status, '', { Location: targets[number - 1] }),
    );
    for (const target of targets) {
      const redirect = await transportWith().send(get(`${server.origin}/rows`, { Authorization: 'Bearer t' }), signal);
      expect(redirect).toMatchObject({ status, location: target });
    }
    expect(server.received).toHaveLength(2);
    expect(other.received).toHaveLength(0);
  },
);

describe('the proxies of the environment', () => {
  const names = [
    'HTTP_PROXY',
    'http_proxy',
    'HTTPS_PROXY',
    'https_proxy',
    'ALL_PROXY',
    'all_proxy',
    'NO_PROXY',
    'no_proxy',
  ];
  const before = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  test('are the business of the agents: with agents that know none, a dead proxy does no harm', async () => {
    const server = await startLoopback((_, response) => respond(response, 200, '{}'));
    const dead = await startLoopback(() => undefined);
    await dead.close();
    for (const name of names) process.env[name] = name.toLowerCase() === 'no_proxy' ? '' : dead.origin;
    expect(await transportWith().send(get(server.origin), signal)).toMatchObject({ status: 200 });
    expect(server.received).toHaveLength(1);
  });
});

describe('where no answer comes', () => {
  const silent = () => startLoopback(() => undefined);

  test.each([
    ['ECONNRESET', () => startLoopback((_, response) => response.socket?.resetAndDestroy())],
    [
      'ECONNREFUSED',
      async () => {
        const server = await silent();
        await server.close();
        return server;
      },
    ],
  ])('%s is told with the host, and counted; nothing of the request is in the error', async (code, start) => {
    const server = await start();
    const results: string[] = [];
    const transport = transportWith({ onResult: (result) => results.push(result) });
    const request = {
      method: 'POST',
      url: new URL(`/rows?$filter=${secret}`, server.origin),
      headers: { Authorization: `Bearer ${secret}` },
      body: `password=${secret}`,
    } as const;
    const error: unknown = await transport.send(request, signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).not.toBeInstanceOf(PlanAgainError);
    expect((error as Error).message).toBe(`${request.url.host} could not be reached: ${code}.`);
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(secret);
    expect(results).toEqual([code]);
  });

  test('the connections’ owner explains its code, and what is counted stays the code', async () => {
    const results: string[] = [];
    const detail = 'ECONNREFUSED, as it sleeps: wake it';
    const failure = new NetworkError('no answer', false, { code: 'ECONNREFUSED', detail });
    const http = { timers: TEST_TIMERS, send: () => Promise.reject(failure) };
    const onResult = (result: string) => results.push(result);
    const asking = transportWith({ http, onResult }).send(get('https://graph.example'), signal);
    await expect(asking).rejects.toThrow(/ could not be reached: ECONNREFUSED, as it sleeps: wake it\.$/);
    expect(results).toEqual(['ECONNREFUSED']);
  });

  test('or none that is complete in time, what to ask is planned again', async () => {
    const limits: number[] = [];
    let timeIsUp: () => void = () => undefined;
    const after = (limitMs: number, then: () => void) => {
      limits.push(limitMs);
      timeIsUp = then;
      return () => undefined;
    };
    waitBy({ ...TEST_TIMERS, after });
    const server = await startLoopback((_, response) => {
      // It drips: the connection is never silent for long.
      response.writeHead(200);
      response.write('{"value":[', () => timeIsUp());
    });
    const results: string[] = [];
    const asking = transportWith({ onResult: (result) => results.push(result) }).send(get(server.origin), signal);
    await expect(asking).rejects.toThrow(PlanAgainError);
    await expect(asking).rejects.toThrow('gave no complete answer within 120 s');
    expect([limits, results]).toEqual([[120_000], ['no complete answer in time']]);
  });

  test('and the caller gives up, it ends with the reason of the caller, and counts as no failure of the service', async () => {
    const server = await silent();
    const stop = new AbortController();
    const results: string[] = [];
    const asking = transportWith({ onResult: (result) => results.push(result) }).send(get(server.origin), stop.signal);
    await server.arrived(1);
    const reason = new Error('the module stops');
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
    expect(results).toEqual([]);
  });

  test('because the caller has given up already, nothing is sent', async () => {
    const server = await silent();
    await expect(transportWith().send(get(server.origin), AbortSignal.abort())).rejects.toBeDefined();
    expect(server.received).toHaveLength(0);
  });
});

test('every answer counts with its status', async () => {
  const statuses = [200, 401, 503];
  const server = await startLoopback((_, response, number) => respond(response, statuses[number - 1]!, '{}'));
  const results: string[] = [];
  const transport = transportWith({ onResult: (result) => results.push(result) });
  while (server.received.length < statuses.length) await transport.send(get(server.origin), signal);
  expect(results).toEqual(['200', '401', '503']);
});
