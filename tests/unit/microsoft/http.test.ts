import { outbound } from '../../support/outbound.js';
import { describe, expect, test } from '@jest/globals';
import { DateTime } from 'luxon';
import { SettingsError } from '../../../src/errors.js';
import { MicrosoftClient, retryAfterMs, type Answer, type ClientOptions } from '../../../src/microsoft/http.js';
import { answer, startLoopback } from '../../support/loopback.js';

const { signal } = new AbortController();
const whole = (it: Answer): Answer => it;

function clientOf(origin: string, options: Partial<ClientOptions> = {}): MicrosoftClient {
  return new MicrosoftClient(`${origin}/api/`, {
    ...outbound,
    authorization: () => Promise.resolve('Bearer t0ken'),
    mark: () => () => 0,
    ...options,
  });
}

describe('one request', () => {
  test('carries the authorization of the moment, the user agent and the wish for JSON', async () => {
    const server = await startLoopback((_, response) => answer(response, 200, '{}'));
    let tokens = 0;
    const client = clientOf(server.origin, { authorization: () => Promise.resolve(`Bearer ${++tokens}`) });
    await client.get(new URL('/api/rows?$top=1', server.origin), whole, signal);
    await client.get(new URL('/api/rows?$top=2', server.origin), whole, signal);
    expect(server.received).toMatchObject([
      {
        method: 'GET',
        target: '/api/rows?$top=1',
        headers: { authorization: 'Bearer 1', accept: 'application/json', 'user-agent': 'message-trace-test/1.0' },
      },
      { target: '/api/rows?$top=2', headers: { authorization: 'Bearer 2' } },
    ]);
  });

  test('hands over status, text and type of the answer as they came', async () => {
    const text = '{"Subject": "Résumé", "Size": 12345678901234567890 }';
    const server = await startLoopback((_, response) =>
      answer(response, 400, text, { 'Content-Type': 'application/json;odata=verbose' }),
    );
    expect(await clientOf(server.origin).get(new URL('/rows', server.origin), whole, signal)).toEqual({
      status: 400,
      body: text,
      location: undefined,
    });
  });

  test('gives what is made of the answer', async () => {
    const server = await startLoopback((_, response) => answer(response, 200, { value: [1, 2] }));
    const length = await clientOf(server.origin).get(new URL(server.origin), ({ body }) => body.length, signal);
    expect(length).toBe('{"value":[1,2]}'.length);
  });

  test('tells the date of the answer, between instants before the question and after the answer', async () => {
    const server = await startLoopback((_, response) =>
      answer(response, 200, '{}', { Date: 'Mon, 25 Jul 2022 12:26:13 GMT' }),
    );
    let instant = 0;
    const dates: [number, number, number][] = [];
    const client = clientOf(server.origin, {
      mark: () => {
        const marked = ++instant;
        return () => marked;
      },
      onDate: (dateMs, sentAt, receivedAt) => dates.push([dateMs, sentAt(), receivedAt()]),
    });
    await client.get(new URL(server.origin), whole, signal);
    expect(dates).toEqual([[Date.parse('2022-07-25T12:26:13Z'), 1, 2]]);
  });

  test.each([['yesterday'], ['']])(
    'does without a date where the answer has none that can be read: %j',
    async (date) => {
      const server = await startLoopback((_, response) => answer(response, 200, '{}', { Date: date }));
      const dates: number[] = [];
      await clientOf(server.origin, { onDate: (dateMs) => dates.push(dateMs) }).get(
        new URL(server.origin),
        whole,
        signal,
      );
      expect(dates).toEqual([]);
    },
  );
});

describe('credentials stay with the configured service', () => {
  test.each([301, 302, 303, 307, 308])(
    'a redirect (%i) is handed over and not followed, wherever it leads',
    async (status) => {
      const other = await startLoopback((_, response) => answer(response, 200, '{}'));
      const targets = [`${other.origin}/elsewhere`, '/same-host'];
      const server = await startLoopback((_, response, number) =>
        answer(response, status, '', { Location: targets[number - 1] }),
      );
      for (const target of targets) {
        const { location, ...redirect } = await clientOf(server.origin).get(
          new URL('/rows', server.origin),
          whole,
          signal,
        );
        expect(redirect.status).toBe(status);
        expect(location).toBe(target);
      }
      expect(server.received).toHaveLength(2);
      expect(other.received).toHaveLength(0);
    },
  );

  test('another origin is never asked: another port, another name of the host, another scheme', async () => {
    const server = await startLoopback((_, response) => answer(response, 200, '{}'));
    const other = await startLoopback((_, response) => answer(response, 200, '{}'));
    const elsewhere = [
      other.origin,
      server.origin.replace('127.0.0.1', 'localhost'),
      server.origin.replace('http:', 'https:'),
    ];
    let tokens = 0;
    const client = clientOf(server.origin, { authorization: () => Promise.resolve(`Bearer ${++tokens}`) });
    for (const origin of elsewhere) {
      const url = new URL('/rows?$filter=secret-filter', origin);
      await expect(client.get(url, whole, signal)).rejects.toThrow(new URL(origin).host);
      await expect(client.get(url, whole, signal)).rejects.not.toThrow(/secret-filter/);
    }
    expect([server.received.length, other.received.length, tokens]).toEqual([0, 0, 0]);
  });

  test('nothing is asked where there is no authorization', async () => {
    const server = await startLoopback((_, response) => answer(response, 200, '{}'));
    const wrongSecret = new SettingsError('The client secret is wrong. Check client_secret.');
    const client = clientOf(server.origin, { authorization: () => Promise.reject(wrongSecret) });
    await expect(client.get(new URL(server.origin), whole, signal)).rejects.toBe(wrongSecret);
    expect(server.received).toHaveLength(0);
  });
});

describe('Retry-After', () => {
  const answeredAt = DateTime.fromISO('2026-03-01T12:00:00Z', { zone: 'utc' });
  const never = DateTime.invalid('no date');

  test.each([
    [undefined, 0],
    ['', 0],
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['600', 600_000],
    ['601', 600_000],
    ['99999999999999999999', 600_000],
    ['-5', 0],
    ['1.5', 0],
    ['soon', 0],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['Sun, 01 Mar 2026 12:00:00 GMT', 0],
    ['Tue, 01 Mar 2050 12:00:00 GMT', 600_000],
    ['Sun, 99 Mar 2026 12:00:30 GMT', 0],
  ])('%j asks to wait %i ms', (header, waitMs) => {
    expect(retryAfterMs(header, answeredAt)).toBe(waitMs);
  });

  test('a date is seen from here where the answer has no date of its own', () => {
    expect(retryAfterMs(DateTime.utc().plus({ hours: 1 }).toHTTP(), never)).toBe(600_000);
    expect(retryAfterMs(DateTime.utc().minus({ hours: 1 }).toHTTP(), never)).toBe(0);
  });
});
