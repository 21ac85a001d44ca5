import { describe, expect, test } from '@jest/globals';
import type { MailRow, Simulator } from '../../../src/index.js';
import { authorized, booked, dayMs, get, hourMs, nowMs, withSimulator } from '../../support/client.js';
import {
  graphError,
  graphFilter,
  messageTracesUrl,
  readAllTraces,
  readTraces,
  traceIdentity,
  withGraph,
} from '../../support/graph-client.js';
import { askToken, bearer, exchangeScope, passwordForm, tokenUrl } from '../../support/token-client.js';

const allMembers = { prefer: 'include-unknown-enum-members' };

function lastHours(simulator: Simulator, hours: number): string {
  return messageTracesUrl(simulator, { $filter: graphFilter(nowMs - hours * hourMs, nowMs) });
}

describe('authentication', () => {
  test.each([
    ['no header', {}, 'Access token is empty.', 'missing'],
    ['a token that nobody issued', { authorization: 'Bearer abc' }, 'Access token validation failure.', 'wrong'],
    ['a password', authorized, 'Access token is empty.', 'missing'],
  ])('answers %s with 401', async (_, headers, message, credentials) => {
    await withGraph({}, async (simulator) => {
      const refused = await graphError(lastHours(simulator, 1), headers);
      expect(refused).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken', message });
      expect(simulator.graph.requests.recent).toMatchObject([{ credentials, result: 'refused', rows: 0 }]);
    });
  });

  test('refuses a token for another service, and one that has expired by its own clock', async () => {
    await withGraph({}, async (simulator, headers) => {
      const foreign = await bearer(simulator, exchangeScope);
      expect((await graphError(lastHours(simulator, 1), foreign)).message).toContain('Invalid audience');
      expect((await get(lastHours(simulator, 1), headers)).status).toBe(200);
      simulator.graph.options.clockOffsetMs = simulator.tokenService.options.tokenLifetimeSeconds * 1000;
      expect(await graphError(lastHours(simulator, 1), headers)).toMatchObject({
        status: 401,
        message: 'Lifetime validation failed, the token is expired.',
      });
    });
  });

  test('refuses an application without the permission with 403, whose token was issued all the same', async () => {
    await withSimulator({}, async (simulator) => {
      simulator.tokenService.options.permissions = [];
      const refused = await graphError(lastHours(simulator, 1), await bearer(simulator));
      expect(refused).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
      expect(simulator.graph.requests.recent).toMatchObject([{ credentials: 'right', result: 'refused' }]);
    });
  });

  test('accepts an account in place of an application', async () => {
    await withSimulator({}, async (simulator) => {
      const { body } = await askToken(tokenUrl(simulator), passwordForm(simulator));
      const headers = { authorization: `Bearer ${body.access_token!}` };
      expect((await get(lastHours(simulator, 1), headers)).status).toBe(200);
    });
  });
});

describe('service principal', () => {
  test.each([401, 403] as const)('that nobody has created is a refusal with %i', async (servicePrincipalError) => {
    await withGraph({ servicePrincipalFromMs: null, servicePrincipalError }, async (simulator, headers) => {
      const refused = await graphError(lastHours(simulator, 1), headers);
      expect(refused.status).toBe(servicePrincipalError);
      expect(refused.message).toMatch(/^Service principal-less Authentication failed/);
      expect(simulator.graph.requests.totals.byResult).toEqual({ 'service-principal-less': 1 });
    });
  });

  test('works only some time after it has been created', async () => {
    await withGraph({ servicePrincipalFromMs: nowMs + 2 * hourMs }, async (simulator) => {
      const ask = async (): Promise<number> => (await get(lastHours(simulator, 1), await bearer(simulator))).status;
      expect(await ask()).toBe(401);
      simulator.server.options.now = () => nowMs + 2 * hourMs;
      expect(await ask()).toBe(200);
    });
  });
});

describe('rows', () => {
  test('have exactly the documented keys, newest first', async () => {
    await withGraph({}, async (simulator, headers) => {
      simulator.world.add({ rows: 300, from: nowMs - hourMs, to: nowMs });
      const rows = await readAllTraces(lastHours(simulator, 2), { ...headers, ...allMembers });
      const keys = simulator.world.select({ fromMs: 0, toMs: nowMs, inclusive: true }, nowMs);
      const inOrder = Array.from(keys, (key) => simulator.world.row(key, nowMs)).sort(byKey);
      expect(rows).toEqual(
        inOrder.map((row) => {
          return {
            id: row.traceId,
            senderAddress: row.sender,
            recipientAddress: row.recipient,
            messageId: row.messageId,
            receivedDateTime: expect.any(String),
            subject: row.subject,
            size: row.size,
            fromIP: row.fromIp ?? '',
            toIP: row.toIp ?? '',
            status: row.status.charAt(0).toLowerCase() + row.status.slice(1),
          };
        }),
      );
      const times = rows.map(({ receivedDateTime }) => Date.parse(receivedDateTime));
      expect(times).toEqual(Array.from(keys, (key) => simulator.world.row(key, nowMs).receivedMs));
      expect(rows.some(({ toIP }) => toIP === '')).toBe(true);
    });
  });

  test.each([
    [false, /^2022-07-25T12:\d\d:\d\d(\.\d{0,2}[1-9])?Z$/],
    [true, /^2022-07-25T12:\d\d:\d\d\.\d{7}Z$/],
  ])('with seven fraction digits %s write their time so', async (sevenFractionDigits, pattern) => {
    await withGraph({ sevenFractionDigits }, async (simulator, headers) => {
      simulator.world.add({ rows: 300, from: nowMs - hourMs, to: nowMs });
      const rows = await readAllTraces(lastHours(simulator, 2), headers);
      for (const { receivedDateTime } of rows) expect(receivedDateTime).toMatch(pattern);
    });
  });

  test.each([
    ['camelCase', ['delivered', 'filteredAsSpam', 'unknownFutureValue'], ['none', 'resolved']],
    ['PascalCase', ['Delivered', 'FilteredAsSpam', 'UnknownFutureValue'], ['None', 'Resolved']],
    ['UPPERCASE', ['DELIVERED', 'FILTEREDASSPAM', 'UNKNOWNFUTUREVALUE'], ['NONE', 'RESOLVED']],
  ] as const)(
    'spell their status in %s, and tell an undocumented one only to who asks',
    async (statusSpelling, told, more) => {
      await withGraph({ statusSpelling, pageRows: 5_000 }, async (simulator, headers) => {
        simulator.world.add({ rows: 1_000, from: nowMs - hourMs, to: nowMs, changingShare: 1 });
        simulator.world.add({ rows: 1_000, from: nowMs - hourMs, to: nowMs, changingShare: 0 });
        const statuses = async (asking: object): Promise<Set<string>> =>
          new Set(
            (await readAllTraces(lastHours(simulator, 1), { ...headers, ...asking })).map(({ status }) => status),
          );
        const [plain, asked] = [await statuses({}), await statuses(allMembers)];
        expect([...plain]).toEqual(expect.arrayContaining([...told]));
        expect([...plain].filter((status) => more.some((name) => name === status))).toEqual([]);
        expect([...asked]).toEqual(expect.arrayContaining([...more]));
        expect(asked).not.toContain(told[2]);
      });
    },
  );
});

describe('filter', () => {
  const from = '2022-07-25T11:00:00Z';
  const to = '2022-07-25T12:00:00Z';
  const both = `receivedDateTime ge ${from} and receivedDateTime le ${to}`;

  test('includes both bounds', async () => {
    await withGraph({}, async (simulator, headers) => {
      const [startMs, endMs] = [Date.parse(from), Date.parse(to)];
      for (const at of [startMs - 1, startMs, endMs, endMs + 1]) {
        simulator.world.add({ rows: 1, from: at, to: at + 1 });
      }
      const { rows } = await readTraces(messageTracesUrl(simulator, { $filter: both }), headers);
      expect(rows.map(({ receivedDateTime }) => Date.parse(receivedDateTime))).toEqual([endMs, startMs]);
      expect(simulator.graph.requests.recent).toMatchObject([{ startMs, endMs, page: 1, rows: 2, result: 'page' }]);
    });
  });

  test.each([
    ['an or', `${both} or status eq 'failed'`],
    ['an in', `${both} and status in ('failed')`],
    ['a ne', `status ne 'failed' and ${both}`],
    ['fractions and an offset', 'receivedDateTime ge 2022-07-25T13:00:00.0000000+02:00 and receivedDateTime le ' + to],
  ])('accepts %s, which changes nothing', async (_, $filter) => {
    await withGraph({}, async (simulator, headers) => {
      simulator.world.add({ rows: 50, from: nowMs - 3 * hourMs, to: nowMs });
      const plain = await readTraces(messageTracesUrl(simulator, { $filter: both }), headers);
      expect(plain.rows.length).toBeGreaterThan(5);
      expect((await readTraces(messageTracesUrl(simulator, { $filter }), headers)).rows).toEqual(plain.rows);
    });
  });

  test('compares texts without case, quotes doubled, and takes and and or within them for text', async () => {
    await withGraph({}, async (simulator, headers) => {
      const lastHour = graphFilter(nowMs - hourMs, nowMs);
      simulator.world.add({ rows: 2_000, from: nowMs - hourMs, to: nowMs });
      const shown = async (clause: string): Promise<number> =>
        (await readAllTraces(messageTracesUrl(simulator, { $filter: `${lastHour} and ${clause}` }), headers)).length;
      const subjects = await readAllTraces(messageTracesUrl(simulator, { $filter: lastHour }), headers);
      const awkward = '%27 or 1 eq 1 %00 + &$skiptoken=0';
      const count = (fits: (subject: string) => boolean) =>
        subjects.filter(({ subject }) => fits(subject ?? '')).length;
      expect(count((subject) => subject === awkward)).toBeGreaterThan(0);
      expect(await shown(`subject eq '${awkward}'`)).toBe(count((subject) => subject === awkward));
      expect(await shown(`contains(subject, ', then ''NO''')`)).toBe(count((one) => one.endsWith(", then 'no'")));
      expect(await shown(`startswith(subject,'INVOICE')`)).toBe(count((one) => one.startsWith('Invoice')));
    });
  });

  test.each([
    ['without an end', { $filter: `receivedDateTime ge ${from}` }, 'needs receivedDateTime ge and receivedDateTime le'],
    ['that is missing', {}, 'needs receivedDateTime ge and receivedDateTime le'],
    ['with a bound twice', { $filter: `${both} and receivedDateTime le ${to}` }, 'le twice'],
    ['the wrong way round', { $filter: graphFilter(nowMs, nowMs - 1) }, 'must not be later'],
    ['without a zone', { $filter: both.replaceAll('Z', '') }, 'not a valid DateTimeOffset'],
    ['with a property that cannot be filtered by', { $filter: `${both} and size eq '3'` }, 'Invalid filter clause'],
    ['with a status that does not exist', { $filter: `${both} and status eq 'lost'` }, 'Invalid filter clause'],
    ['with a text that does not end', { $filter: `${both} and subject eq 'a` }, 'Invalid filter clause'],
    ['in the old language', { $filter: "StartDate eq datetime'2022-07-25T12:00:00Z'" }, 'Invalid filter clause'],
    ['with $orderby', { $filter: both, $orderby: 'receivedDateTime' }, "'$orderby' is not supported"],
    ['with $top 0', { $filter: both, $top: '0' }, 'must be from 1 to 5000'],
    ['with $top 5001', { $filter: both, $top: '5001' }, 'must be from 1 to 5000'],
    ['with a token of its own making', { $filter: both, $skiptoken: '1000' }, '$skiptoken is not valid'],
  ])('%s is refused with 400', async (_, parameters: Record<string, string>, message) => {
    await withGraph({}, async (simulator, headers) => {
      const refused = await graphError(messageTracesUrl(simulator, parameters), headers);
      expect(refused).toMatchObject({ status: 400, code: 'BadRequest' });
      expect(refused.message).toContain(message);
      expect(simulator.graph.requests.totals.byResult).toEqual({ 'bad-query': 1 });
    });
  });

  test.each([
    ['in the future', 0, 0, 1, 'in the future'],
    ['longer than ten days', 20 * dayMs, 10 * dayMs, 10 * dayMs + 1, "can't be longer than 10 days"],
  ])('that is %s is refused with 400', async (_, ageMs, maxMs, refusedMs, message) => {
    await withGraph({}, async (simulator, headers) => {
      const ask = (lengthMs: number): string => {
        const startMs = nowMs - ageMs;
        return messageTracesUrl(simulator, { $filter: graphFilter(startMs, startMs + lengthMs) });
      };
      expect((await get(ask(maxMs), headers)).status).toBe(200);
      expect(await graphError(ask(refusedMs), headers)).toMatchObject({ status: 400 });
      expect((await graphError(ask(refusedMs), headers)).message).toContain(message);
    });
  });

  test('that begins more than 90 days ago is refused in words that name the limit', async () => {
    await withGraph({}, async (simulator, headers) => {
      const ask = (startMs: number): string =>
        messageTracesUrl(simulator, { $filter: graphFilter(startMs, startMs + hourMs) });
      expect((await get(ask(nowMs - 90 * dayMs), headers)).status).toBe(200);
      expect((await graphError(ask(nowMs - 90 * dayMs - 1), headers)).message).toContain("can't be older than 90 days");
    });
  });
});

test('errors have the documented shape, and repeat what the client called its request', async () => {
  await withGraph({}, async (simulator, headers) => {
    const response = await get(messageTracesUrl(simulator, {}), { ...headers, 'client-request-id': 'mine' });
    const { error } = (await response.json()) as { error: object };
    expect(error).toEqual({
      code: 'BadRequest',
      message: expect.any(String),
      innerError: { date: '2022-07-25T13:00:00', 'request-id': expect.any(String), 'client-request-id': 'mine' },
    });
  });
});

test('the path may be spelled in any case; others, and other methods, are refused', async () => {
  await withGraph({}, async (simulator, headers) => {
    const url = lastHours(simulator, 1);
    expect((await get(url.replace('messageTraces', 'MessageTraces'), headers)).status).toBe(200);
    expect((await graphError(`${simulator.graphUrl}/users`, headers)).status).toBe(404);
    expect((await fetch(url, { method: 'POST', headers })).status).toBe(405);
  });
});

describe('quota', () => {
  const limits = { quotaRequests: 5, quotaWindowMs: 60_000 };

  test.each([
    [0, 5],
    [3, 2],
    [5, 0],
  ])('of 5 requests, %i taken by others, leaves %i', async (quotaTakenByOthers, left) => {
    await withGraph({ ...limits, quotaTakenByOthers }, async (simulator, headers) => {
      const statuses = [];
      for (let at = 0; at < 6; at++) statuses.push((await get(lastHours(simulator, 1), headers)).status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(left);
      expect(statuses.slice(left)).toEqual(Array.from({ length: 6 - left }, () => 429));
    });
  });

  test('is that of any running window, and says when there is room again', async () => {
    await withGraph({ ...limits, quotaRequests: 2 }, async (simulator, headers) => {
      const ask = async (seconds: number): Promise<[number, string | null]> => {
        simulator.server.options.now = () => nowMs + seconds * 1000;
        const response = await get(lastHours(simulator, 1), headers);
        return [response.status, response.headers.get('retry-after')];
      };
      const responses = [];
      for (const second of [0, 50, 51, 59, 60, 61, 109, 110]) responses.push(await ask(second));
      expect(responses).toEqual([
        [200, null],
        [200, null],
        [429, '9'],
        [429, '1'],
        [200, null],
        [429, '49'],
        [429, '1'],
        [200, null],
      ]);
    });
  });

  test('need not say when there is room again', async () => {
    await withGraph({ ...limits, quotaRequests: 0, quotaRetryAfter: false }, async (simulator, headers) => {
      expect(await graphError(lastHours(simulator, 1), headers)).toEqual({
        status: 429,
        retryAfter: null,
        code: 'TooManyRequests',
        message: 'Your recent queries have surpassed the permitted limit.',
      });
    });
  });

  test('counts queries that make no sense, but no request without a token', async () => {
    await withGraph({ ...limits, quotaRequests: 1 }, async (simulator, headers) => {
      expect((await get(lastHours(simulator, 1), {})).status).toBe(401);
      expect((await get(messageTracesUrl(simulator, {}), headers)).status).toBe(400);
      expect((await get(lastHours(simulator, 1), headers)).status).toBe(429);
    });
  });
});

describe('pages', () => {
  const $filter = graphFilter(nowMs - hourMs, nowMs);

  test.each([0, 1, 99, 100, 101, 730])('give %i rows once each', async (count) => {
    await withGraph({}, async (simulator, headers) => {
      simulator.world.add({ rows: count, from: nowMs - hourMs, to: nowMs });
      const url = messageTracesUrl(simulator, { $filter, $top: '100' });
      const rows = await readAllTraces(url, { ...headers, ...allMembers });
      expect(rows.map(traceIdentity).sort()).toEqual(booked(simulator.world, nowMs).sort());
      expect(simulator.graph.requests.totals.requests).toBe(Math.max(1, Math.ceil(count / 100)));
    });
  });

  test.each([
    ['1,000 rows without $top', {}, {}, 1_000],
    ['as many as $top asks for', {}, { $top: '2500' }, 2_500],
    ['fewer than that where the service decides so', { pageRows: 700 }, { $top: '2500' }, 700],
  ])('hold %s', async (_, options, top, expected) => {
    await withGraph(options, async (simulator, headers) => {
      simulator.world.add({ rows: 3_000, from: nowMs - hourMs, to: nowMs });
      const { rows, link } = await readTraces(messageTracesUrl(simulator, { $filter, ...top }), headers);
      expect(rows).toHaveLength(expected);
      expect(link).toBeDefined();
    });
  });

  test('name the next one by an absolute link that keeps the query', async () => {
    await withGraph({}, async (simulator, headers) => {
      simulator.world.add({ rows: 25, from: nowMs - hourMs, to: nowMs });
      const first = messageTracesUrl(simulator, { $filter, $top: '10' }).replace('127.0.0.1', 'localhost');
      const url = new URL((await readTraces(first, headers)).link!);
      expect([url.hostname, url.pathname]).toEqual(['localhost', new URL(first).pathname]);
      expect(url.searchParams.get('$filter')).toBe($filter);
      expect(url.searchParams.get('$top')).toBe('10');
      await readTraces(url.href, headers);
      expect(simulator.graph.requests.recent.map(({ page, skiptoken }) => [page, skiptoken])).toEqual([
        [1, null],
        [2, url.searchParams.get('$skiptoken')],
      ]);
    });
  });

  test('name it by the time and the recipient of the last row, in Base64 without padding', async () => {
    await withGraph({}, async (simulator, headers) => {
      simulator.world.add({ rows: 25, from: nowMs - hourMs, to: nowMs });
      const { rows, link } = await readTraces(messageTracesUrl(simulator, { $filter, $top: '10' }), headers);
      const token = new URL(link!).searchParams.get('$skiptoken')!;
      expect(token).toMatch(/^[A-Za-z0-9+/]+$/);
      expect(decoded(token)).toEqual({
        StartDate: '2022-07-25T12:00:00.0000000Z',
        EndDate: `${new Date(rows.at(-1)!.receivedDateTime).toISOString().slice(0, -1)}0000Z`,
        StartingRecipientAddress: rows.at(-1)!.recipientAddress,
        ResultSize: '10',
      });
    });
  });

  test.each([false, true])(
    'are in the order of time, newest first, and of recipients at the same time (seven digits: %s)',
    async (sevenFractionDigits) => {
      await withGraph({ sevenFractionDigits }, async (simulator, headers) => {
        // Several rows in each millisecond, several messages among them.
        for (let batch = 0; batch < 5; batch++) simulator.world.add({ rows: 40, from: nowMs - 20, to: nowMs });
        const rows = await readAllTraces(messageTracesUrl(simulator, { $filter, $top: '7' }), headers);
        const key = (at: number): [string, string] => {
          const { receivedDateTime, recipientAddress } = rows[at]!;
          return [receivedDateTime.replace('Z', '').padEnd(27, '0'), recipientAddress.toLowerCase()];
        };
        for (let at = 1; at < rows.length; at++) {
          const [[time, recipient], [earlier, former]] = [key(at), key(at - 1)];
          expect(time <= earlier).toBe(true);
          if (time === earlier) expect(recipient >= former).toBe(true);
        }
        expect(rows.length).toBeGreaterThan(190);
      });
    },
  );

  test('leave out a row with the time and the recipient of the last one of the page before', async () => {
    await withGraph({}, async (simulator, headers) => {
      const at = nowMs - 1000;
      for (let more = 0; more < 10; more++) simulator.world.add({ rows: 5, recipients: 5, from: at, to: at + 1 });
      // One message or the other to everybody stays within the tenant, as most of the small ones do.
      for (let all = 0; all < 2; all++) simulator.world.add({ rows: 20_000, recipients: 20_000, from: at, to: at + 1 });
      const recipients = Array.from(simulator.world.history(nowMs), ({ recipient }) => recipient.toLowerCase()).sort();
      const twin = recipients.findIndex(
        (recipient, index) => index > 0 && recipient === recipients[index + 1] && recipient !== recipients[index + 2],
      );
      expect(twin).toBeGreaterThan(0);
      const after = async (index: number): Promise<string[]> => {
        const EndDate = new Date(at).toISOString();
        const $skiptoken = encoded({ EndDate, StartingRecipientAddress: recipients[index]! });
        const { rows } = await readTraces(messageTracesUrl(simulator, { $filter, $top: '3', $skiptoken }), headers);
        return rows.map(({ recipientAddress }) => recipientAddress.toLowerCase());
      };
      expect(await after(twin - 1)).toEqual(recipients.slice(twin, twin + 3));
      expect(await after(twin)).toEqual(recipients.slice(twin + 2, twin + 5));
    });
  });

  test('give a message to 5,001 people of one millisecond once each', async () => {
    await withGraph({}, async (simulator, headers) => {
      simulator.world.add({ rows: 5_001, recipients: 5_001, from: nowMs - 1, to: nowMs });
      const rows = await readAllTraces(messageTracesUrl(simulator, { $filter, $top: '5000' }), headers);
      expect(new Set(rows.map(({ recipientAddress }) => recipientAddress)).size).toBe(5_001);
      expect(rows).toHaveLength(5_001);
      expect(simulator.graph.requests.totals.requests).toBe(2);
    });
  });

  test('are not shifted by rows that appear between them', async () => {
    await withGraph({}, async (simulator, headers) => {
      simulator.world.add({ rows: 300, from: nowMs - hourMs, to: nowMs - hourMs / 2 });
      const before = booked(simulator.world, nowMs);
      const asking = { ...headers, ...allMembers };
      const first = await readTraces(messageTracesUrl(simulator, { $filter, $top: '100' }), asking);
      simulator.world.add({ rows: 40, from: nowMs - hourMs / 2, to: nowMs });
      simulator.world.add({ rows: 40, from: nowMs - hourMs, to: nowMs - hourMs + 1000 });
      const seen = [...first.rows, ...(await readAllTraces(first.link!, asking))].map(traceIdentity);
      expect(before.filter((row) => !seen.includes(row))).toEqual([]);
      expect(new Set(seen).size).toBe(seen.length);
      // Those that are older than the first page are on a later one.
      expect(seen).toHaveLength(340);
    });
  });

  test.each([
    ['is no Base64', 'not*base64', 'The $skiptoken is not valid.'],
    ['is no JSON', Buffer.from('row 10').toString('base64'), 'The $skiptoken is not valid.'],
    ['has no dates', encoded({ StartDate: '', EndDate: '' }), "on parameter 'StartDate'"],
    ['is encoded once too often', encoded({ StartDate: '"2022-07-25T12:00:00.0000000Z"' }), "on parameter 'StartDate'"],
    ['ends nowhere', encoded({ EndDate: 'yesterday' }), "on parameter 'EndDate'"],
    ['has no recipient', encoded({ StartingRecipientAddress: '' }), 'Invalid starting recipient address'],
    [
      'has a recipient that is none',
      encoded({ StartingRecipientAddress: 'bob' }),
      'Invalid starting recipient address',
    ],
    ['has no size', encoded({ ResultSize: 'many' }), "on parameter 'ResultSize'"],
  ])('refuse a token that %s', async (_, $skiptoken, message) => {
    await withGraph({}, async (simulator, headers) => {
      const refused = await graphError(messageTracesUrl(simulator, { $filter, $skiptoken }), headers);
      expect(refused).toMatchObject({ status: 400, code: 'BadRequest' });
      expect(refused.message).toContain(message);
      expect(simulator.graph.requests.recent).toMatchObject([{ result: 'bad-query', page: null }]);
    });
  });

  test('go on from a token that the service has not made itself', async () => {
    await withGraph({}, async (simulator, headers) => {
      simulator.world.add({ rows: 300, from: nowMs - hourMs, to: nowMs });
      const all = await readAllTraces(messageTracesUrl(simulator, { $filter }), headers);
      const $skiptoken = encoded({
        EndDate: new Date(all[99]!.receivedDateTime).toISOString(),
        StartingRecipientAddress: all[99]!.recipientAddress,
      });
      expect((await readTraces(messageTracesUrl(simulator, { $filter, $skiptoken }), headers)).rows).toEqual(
        all.slice(100),
      );
      expect(simulator.graph.requests.recent.at(-1)).toMatchObject({ page: 2, rows: 200 });
    });
  });
});

/** The order of Microsoft Graph: newest first, and at the same time by recipient. */
function byKey(one: MailRow, other: MailRow): number {
  return other.receivedMs - one.receivedMs || (one.recipient.toLowerCase() < other.recipient.toLowerCase() ? -1 : 1);
}

function decoded(token: string): unknown {
  return JSON.parse(Buffer.from(token, 'base64').toString());
}

/** A token that is good but for what is said here. */
function encoded(values: Record<string, string>): string {
  const good = {
    StartDate: '2022-07-25T12:00:00.0000000Z',
    EndDate: '2022-07-25T13:00:00.0000000Z',
    StartingRecipientAddress: 'bob@example.corp',
    ResultSize: '1000',
  };
  return Buffer.from(JSON.stringify({ ...good, ...values })).toString('base64');
}
