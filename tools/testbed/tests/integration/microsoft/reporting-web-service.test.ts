import { describe, expect, test } from '@jest/globals';
import type { Simulator } from '../../../src/index.js';
import {
  authorized,
  basic,
  booked,
  dayMs,
  get,
  hourMs,
  identity,
  nowMs,
  rangeFilter,
  readPage,
  traceUrl,
  withSimulator,
} from '../../support/client.js';

const odata3 = { ...authorized, accept: 'application/json' };

function lastHours(simulator: Simulator, hours: number): string {
  return traceUrl(simulator, { $format: 'json', $filter: rangeFilter(nowMs - hours * hourMs, nowMs) });
}

async function errorText(url: string): Promise<string> {
  const response = await get(url);
  expect(response.status).toBe(400);
  const { error } = (await response.json()) as { error: { code: string; message: { value: string } } };
  return error.message.value;
}

describe('authentication', () => {
  test.each([
    ['no header', {}, 'missing'],
    ['a wrong password', { authorization: basic('trace.reader@example.corp', 'wrong') }, 'wrong'],
    ['a wrong name', { authorization: basic('someone@example.corp', 'demo-Passw0rd') }, 'wrong'],
    ['a header that is none', { authorization: 'Basic ###' }, 'wrong'],
    ['a bearer token', { authorization: 'Bearer abc' }, 'wrong'],
  ])('answers %s with 401 and a page for people', async (_, headers, credentials) => {
    await withSimulator({}, async (simulator) => {
      const response = await get(lastHours(simulator, 1), headers);
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('www-authenticate')).toContain('Basic');
      expect(simulator.server.requests.recent).toMatchObject([
        { credentials, status: 401, result: 'refused', rows: 0 },
      ]);
    });
  });

  test('accepts the name in any case, and a password with colons and umlauts', async () => {
    await withSimulator({ accountName: 'A@b.c', accountPassword: 'pä:ss:wörd' }, async (simulator) => {
      const response = await get(lastHours(simulator, 1), { authorization: basic('a@B.C', 'pä:ss:wörd') });
      expect(response.status).toBe(200);
    });
  });
});

describe('rows', () => {
  test('have the documented fields in the dialect of $format=json', async () => {
    await withSimulator({}, async (simulator) => {
      simulator.world.add({ rows: 50, from: nowMs - hourMs, to: nowMs });
      const { rows } = await readPage(lastHours(simulator, 2));
      const [key] = simulator.world.select({ fromMs: 0, toMs: nowMs, inclusive: true }, nowMs);
      const newest = simulator.world.row(key!, nowMs);
      const self = `${simulator.apiUrl}/MessageTrace(0)`;
      expect(rows).toHaveLength(50);
      expect(rows[0]).toEqual({
        __metadata: { id: self, uri: self, type: 'TenantReporting.MessageTrace' },
        Organization: 'examplecorp.onmicrosoft.com',
        MessageId: newest.messageId,
        Received: `/Date(${newest.receivedMs})/`,
        SenderAddress: newest.sender,
        RecipientAddress: newest.recipient,
        Subject: newest.subject,
        Status: newest.status,
        ToIP: newest.toIp,
        FromIP: newest.fromIp,
        Size: newest.size,
        MessageTraceId: newest.traceId,
        StartDate: `/Date(${nowMs - 2 * hourMs})/`,
        EndDate: `/Date(${nowMs})/`,
        Index: 0,
      });
      expect(rows.map(({ Index }) => Index)).toEqual([...rows.keys()]);
    });
  });

  test('are the same in the dialect of Accept: application/json, with ISO dates', async () => {
    await withSimulator({}, async (simulator) => {
      simulator.world.add({ rows: 50, from: nowMs - hourMs, to: nowMs });
      const $filter = rangeFilter(nowMs - 2 * hourMs, nowMs);
      const [verbose, light] = [
        await readPage(lastHours(simulator, 2)),
        await readPage(traceUrl(simulator, { $filter }), odata3),
      ];
      expect(light.rows.map(identity)).toEqual(verbose.rows.map(identity));
      for (const [at, row] of light.rows.entries()) {
        expect(row).not.toHaveProperty('__metadata');
        expect(row.Received).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}$/);
        expect(`/Date(${Date.parse(`${row.Received.slice(0, 23)}Z`)})/`).toBe(verbose.rows[at]!.Received);
        expect([row.StartDate, row.EndDate]).toEqual(['2022-07-25T11:00:00Z', '2022-07-25T13:00:00Z']);
      }
    });
  });

  test('carry awkward text unharmed', async () => {
    await withSimulator({ pageRows: 5_000 }, async (simulator) => {
      simulator.world.add({ rows: 3_000, from: nowMs - hourMs, to: nowMs });
      const { rows } = await readPage(lastHours(simulator, 1));
      const keys = simulator.world.select({ fromMs: 0, toMs: nowMs, inclusive: true }, nowMs);
      expect(rows.map(({ Subject }) => Subject)).toEqual(
        Array.from(keys, (key) => simulator.world.row(key, nowMs).subject),
      );
    });
  });

  test('show the status of the moment, and only what is visible by then', async () => {
    let at = nowMs;
    await withSimulator({ now: () => at }, async (simulator) => {
      const shares = { lateShare: 0.5, changingShare: 0.5 };
      simulator.world.add({ rows: 500, from: nowMs - hourMs, to: nowMs, ...shares });
      const seen = [];
      for (at = nowMs; at <= nowMs + 2 * hourMs; at += hourMs / 2) {
        const { rows } = await readPage(lastHours(simulator, 1));
        expect(rows.map(identity).sort()).toEqual(booked(simulator.world, at).sort());
        seen.push(rows.length);
      }
      expect(seen[0]).toBeLessThan(500);
      expect(seen.at(-1)).toBe(500);
    });
  });
});

describe('$filter', () => {
  test('without one the last 48 hours are answered', async () => {
    await withSimulator({}, async (simulator) => {
      simulator.world.add({ rows: 100, from: nowMs - 2 * dayMs, to: nowMs });
      simulator.world.add({ rows: 100, from: nowMs - 4 * dayMs, to: nowMs - 2 * dayMs });
      const { rows } = await readPage(traceUrl(simulator, { $format: 'json' }));
      expect(rows).toHaveLength(100);
      expect(rows[0]!.StartDate).toBe(`/Date(${nowMs - 2 * dayMs})/`);
    });
  });

  test.each([
    ['UTC with Z', "StartDate eq datetime'2022-07-25T12:00:00Z' and EndDate eq datetime'2022-07-25T12:30:00Z'"],
    ['no zone', "StartDate eq datetime'2022-07-25T12:00:00' and EndDate eq datetime'2022-07-25T12:30:00'"],
    [
      'seven digits',
      "StartDate eq datetime'2022-07-25T12:00:00.0000001Z' and EndDate eq datetime'2022-07-25T12:30:00Z'",
    ],
    ['offsets', "StartDate eq datetime'2022-07-25T14:00:00+02:00' and EndDate eq datetime'2022-07-25T08:30:00-04:00'"],
    ['EndDate first', "EndDate eq datetime'2022-07-25T12:30:00Z'  and  StartDate eq datetime'2022-07-25T12:00:00Z'"],
  ])('reads dates with %s', async (_, $filter) => {
    await withSimulator({}, async (simulator) => {
      simulator.world.add({ rows: 10, from: nowMs - hourMs, to: nowMs - hourMs / 2 });
      simulator.world.add({ rows: 10, from: nowMs - hourMs / 2 + 1, to: nowMs });
      expect((await readPage(traceUrl(simulator, { $format: 'json', $filter }))).rows).toHaveLength(10);
      expect(simulator.server.requests.recent.at(-1)).toMatchObject({
        startMs: nowMs - hourMs,
        endMs: nowMs - hourMs / 2,
      });
    });
  });

  test.each([
    ['one bound only', "StartDate eq datetime'2022-07-25T12:00:00Z'", /both, or neither/],
    ['a date that is none', "StartDate eq datetime'today' and EndDate eq datetime'2022-07-25T12:00:00Z'", /'today'/],
    ['another field', "Status eq 'Failed'", /Status/],
    ['another operator', "StartDate ge datetime'2022-07-25T12:00:00Z'", /Syntax error/],
    ['a bound twice', [1, 2].map(() => "StartDate eq datetime'2022-07-25T12:00:00Z'").join(' and '), /twice/],
    ['an end before the start', rangeFilter(nowMs, nowMs - 1), /later than/],
  ])('refuses %s with 400', async (_, $filter, text) => {
    await withSimulator({}, async (simulator) => {
      expect(await errorText(traceUrl(simulator, { $format: 'json', $filter }))).toMatch(text);
      expect(simulator.server.requests.totals).toEqual({ requests: 1, rows: 0, byResult: { 'bad-query': 1 } });
    });
  });

  test('an offset whose plus was not encoded is a blank, and refused', async () => {
    await withSimulator({}, async (simulator) => {
      const $filter = "StartDate eq datetime'2022-07-25T12:00:00+00:00' and EndDate eq datetime'2022-07-25T13:00:00Z'";
      const url = traceUrl(simulator, { $format: 'json', $filter });
      expect((await get(url)).status).toBe(200);
      expect(await errorText(url.replace('%2B', '+'))).toContain('12:00:00 00:00');
    });
  });

  test.each([
    [true, 3],
    [false, 2],
  ])('with inclusive bounds %s selects %i of three rows', async (inclusiveBounds, expected) => {
    await withSimulator({ inclusiveBounds }, async (simulator) => {
      for (const at of [nowMs - 2000, nowMs - 1500, nowMs - 1000]) {
        simulator.world.add({ rows: 1, from: at, to: at + 1 });
      }
      const $filter = rangeFilter(nowMs - 2000, nowMs - 1000);
      expect((await readPage(traceUrl(simulator, { $format: 'json', $filter }))).rows).toHaveLength(expected);
    });
  });
});

describe('limits', () => {
  test('a start older than the history is refused in words that name the limit', async () => {
    await withSimulator({ historyDays: 10 }, async (simulator) => {
      const at = (startMs: number): string =>
        traceUrl(simulator, { $format: 'json', $filter: rangeFilter(startMs, nowMs) });
      expect((await get(at(nowMs - 10 * dayMs))).status).toBe(200);
      expect(await errorText(at(nowMs - 10 * dayMs - 1))).toContain("can't be older than 10 days");
    });
  });

  test('a range longer than the longest is refused, one that ends in the future is not', async () => {
    await withSimulator({ maxRangeDays: 2 }, async (simulator) => {
      const at = (endMs: number): string =>
        traceUrl(simulator, { $format: 'json', $filter: rangeFilter(nowMs, endMs) });
      expect((await get(at(nowMs + 2 * dayMs))).status).toBe(200);
      expect(await errorText(at(nowMs + 2 * dayMs + 1))).toContain("can't be longer than 2 days");
    });
  });

  test('a clock ahead of ours shows in Date, in the history and in what is visible', async () => {
    await withSimulator({ clockOffsetMs: hourMs, historyDays: 1 }, async (simulator) => {
      simulator.world.add({ rows: 10, from: nowMs, to: nowMs + hourMs });
      const response = await get(traceUrl(simulator, { $format: 'json' }));
      expect(response.headers.get('date')).toBe(new Date(nowMs + hourMs).toUTCString());
      expect(((await response.json()) as { d: { results: object[] } }).d.results).toHaveLength(10);
      expect(await errorText(lastHours(simulator, 24))).toContain("can't be older");
    });
  });
});

describe('addresses and formats', () => {
  test('the path may be spelled in any case, and another path is not found', async () => {
    await withSimulator({}, async (simulator) => {
      const spelled = lastHours(simulator, 1).replace(
        /ecp\/.*MessageTrace/,
        'ECP/ReportingWebService/Reporting.svc/messagetrace',
      );
      expect((await get(spelled)).status).toBe(200);
      expect((await get(`${simulator.apiUrl}/MailDetail?$format=json`)).status).toBe(404);
      expect((await get(`${simulator.origin}/elsewhere`)).status).toBe(404);
    });
  });

  test('Atom is not spoken, other methods than GET and unknown options are refused', async () => {
    await withSimulator({}, async (simulator) => {
      const url = traceUrl(simulator, {});
      expect((await get(url)).status).toBe(406);
      expect((await get(traceUrl(simulator, { $format: 'atom' }))).status).toBe(406);
      expect((await fetch(lastHours(simulator, 1), { method: 'POST', headers: authorized })).status).toBe(405);
      expect(await errorText(traceUrl(simulator, { $format: 'json', $orderby: 'Received' }))).toContain('$orderby');
      expect(await errorText(traceUrl(simulator, { $format: 'json', $top: '-1' }))).toContain('$top');
    });
  });

  test('errors are worded in the dialect asked for', async () => {
    await withSimulator({}, async (simulator) => {
      const response = await get(traceUrl(simulator, { $filter: 'x' }), odata3);
      expect(await response.json()).toMatchObject({ 'odata.error': { message: { lang: 'en-US' } } });
    });
  });

  test('a dialect can be forced, also that of a bare list', async () => {
    await withSimulator({ dialect: 'odata-3' }, async (simulator) => {
      expect(Object.keys((await (await get(lastHours(simulator, 1))).json()) as object)).toContain('value');
      Object.assign(simulator.server.options, { dialect: 'odata-2', dAsArray: true });
      expect(await (await get(lastHours(simulator, 1), odata3)).json()).toEqual({ d: [] });
    });
  });
});
