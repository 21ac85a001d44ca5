import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { respond, htmlResponse, jsonResponse, withHeaders, type Response } from '@local/testbed';
import { toEvent } from '../../src/message-trace/event.js';
import { waitOn } from '../support/fake-clock.js';
import { ACCESSES, FieldCase, holds, HOUR_MS, type Findings } from '../support/field-case.js';

/** Rows an hour of a quiet tenant: a day and a poll's worth of it fit into a page. */
const QUIET = 10;
const HOURS = Number(process.env['FIELD_HOURS']) || 48;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

// A case that went on after its time is up would move the clock of the next one.
jest.setTimeout(1_800_000);

let field: FieldCase;
afterEach(async () => {
  await field.close();
});

async function begin(api: string, rowsPerHour = QUIET): Promise<number> {
  field = await FieldCase.begin(api);
  field.life.simulator.world.live({ rowsPerHour, from: field.nowMs - HOUR_MS });
  waitOn(field.life.clock);
  return field.nowMs;
}

function print(title: string, api: string, findings: Findings): void {
  const { requestsPerHour, maxInAnHour, delayP95Seconds, delayMaxSeconds, missing, gaps, levels } = findings;
  process.stdout.write(
    `${title} | ${api} | ${requestsPerHour} requests an hour, at most ${maxInAnHour} | delay p95 ${delayP95Seconds} s, ` +
      `max ${delayMaxSeconds} s | missing ${missing.length}, repeated ${findings.repeated} | gaps ${gaps.length} | ` +
      `warning ${levels.warning}, error ${levels.error}, critical ${levels.critical} | ` +
      `health ${findings.health.map((status) => status ?? 'ok').join(' ')}\n`,
  );
  if (process.env['FIELD_LOG']) {
    const lines = field.life.log.lines.filter(({ level }) => level !== 'info').slice(0, 12);
    process.stdout.write(lines.map(({ level, message }) => `    ${level}: ${message.slice(0, 400)}\n`).join(''));
  }
}

const processing = (): Response =>
  jsonResponse(500, { error: { code: 'UnknownError', message: 'Error while processing response.' } });
const timedOut = (): Response => htmlResponse(504, '504 Gateway Time-out', 'The server did not respond in time.');
const empty = (status: number): Response => respond(status, 'application/json', '');

/** Sets down what a bad second may cost: nothing but its own rows. */
function expectOnlyTheseSeconds(findings: Findings, seconds: readonly number[]): void {
  const of = (ms: number) => Math.floor(ms / SECOND_MS) * SECOND_MS;
  expect(new Set(findings.missing.map(of))).toEqual(new Set(seconds.map(of)));
  const covered = findings.gaps.map(({ start, end }) => [start, end]);
  for (const [start, end] of covered) {
    // Bounds are inclusive: a row on a full second spoils the query for the second before it, too.
    const known = seconds.flatMap((ms) => (ms % SECOND_MS === 0 ? [ms - SECOND_MS, ms] : [of(ms)]));
    const bad = known.filter((second) => second >= start! && second < end!);
    expect({ start, end, bad: bad.length * SECOND_MS }).toEqual({ start, end, bad: end! - start! });
  }
  expect(new Set(findings.gaps.map(({ start }) => start)).size).toBe(findings.gaps.length);
  expect(findings.repeated).toBe(0);
  expect(findings.delayP95Seconds).toBeLessThan(120);
  expect(findings.levels.critical).toBe(0);
  const named = field.life.log.at('error').join('\n');
  for (const second of seconds) expect(named).toContain(new Date(of(second)).toISOString().slice(11, 19));
}

describe.each(Object.keys(ACCESSES))('%s', (api) => {
  describe('M1: a range that holds one certain second fails for ever', () => {
    const cases: readonly (readonly [string, () => Response, readonly number[], number, string])[] = [
      [
        '500 "Error while processing response."',
        processing,
        [2 * HOUR_MS + 17_500],
        QUIET,
        'HTTP 500: Error while processing response.',
      ],
      [
        '504 of a gateway, two seconds, hours apart, on the second',
        timedOut,
        [HOUR_MS + 61_000, 20 * HOUR_MS],
        QUIET,
        'HTTP 504: 504 Gateway Time-out',
      ],
      [
        '500 without a text, at 4,000 rows an hour',
        () => empty(500),
        [3 * HOUR_MS + 31_999],
        4000,
        'HTTP 500: no explanation',
      ],
    ];
    test.each(cases)('%s', async (title, bad, offsets, rowsPerHour, text) => {
      const beginMs = await begin(api, rowsPerHour);
      const badMs = offsets.map((offset) => beginMs + offset);
      // Some rows of that second, whatever else there is.
      for (const at of badMs) field.life.simulator.world.add({ rows: 3, recipients: 1, from: at, to: at + 1 });
      field.alter((due, request) => (badMs.some((at) => holds(request, at)) ? bad() : due));
      const findings = await field.live(rowsPerHour > 1000 ? 8 : HOURS);
      print(`M1 ${title}`, api, findings);
      expectOnlyTheseSeconds(findings, badMs);
      // Microsoft's own words: what its support asks for.
      for (const line of field.life.log.at('error')) expect(line).toContain(text);
      // The search itself costs some forty requests, which count for more in eight hours.
      expect(findings.requestsPerHour).toBeLessThanOrEqual(rowsPerHour > 1000 ? 85 : 75);
    });
  });

  describe('M2: a page that never parses, because of one subject', () => {
    test.each([
      ['a raw U+0001', '\u0001'],
      ['a raw line break and a tabulator', 'a\r\n\tb'],
      ['a backslash that begins nothing', 'C:\\x'],
    ])('%s', async (title, damage) => {
      const badMs = (await begin(api)) + 2 * HOUR_MS + 500;
      field.life.simulator.world.add({ rows: 3, recipients: 1, from: badMs, to: badMs + 1 });
      field.alter((due, request) =>
        holds(request, badMs) ? { ...due, body: due.body.replace(/"subject":"/i, (key) => key + damage) } : due,
      );
      const findings = await field.live(HOURS);
      print(`M2 ${title}`, api, findings);
      expect(findings).toMatchObject({ missing: [], repeated: 0, gaps: [] });
      expect(findings.levels).toMatchObject({ warning: 0, error: 0, critical: 0 });
      expect(findings.requestsPerHour).toBeLessThanOrEqual(75);
      expect(findings.delayMaxSeconds).toBeLessThan(120);
    });
  });

  describe('M3: the same refusal of everything', () => {
    test.each([
      ['400 without a text for 75 min', () => empty(400), 75 * MINUTE_MS],
      ['400 without a text for 10 h', () => empty(400), 10 * HOUR_MS],
      ['400 in HTML for 2 h', () => htmlResponse(400, 'Bad Request', 'Invalid Hostname'), 2 * HOUR_MS],
    ])('%s', async (title, httpError, lastsMs) => {
      const awayMs = (await begin(api)) + 3 * HOUR_MS;
      field.alter((due, { atMs }) => (atMs >= awayMs && atMs < awayMs + lastsMs ? httpError() : due));
      const findings = await field.live(HOURS);
      print(`M3 ${title}`, api, findings);
      expect(findings).toMatchObject({ missing: [], repeated: 0, gaps: [] });
      expect(findings.levels).toMatchObject({ critical: 0 });
      expect(findings.levels.error).toBeGreaterThanOrEqual(1);
      // Late by the outage and no more than a minute's wait and two polls.
      expect(findings.delayMaxSeconds * SECOND_MS).toBeLessThan(lastsMs + 3 * MINUTE_MS);
      expect(findings.health).toContain('degraded');
    });
  });

  describe('M4: refusals of a session that has worked', () => {
    const signingKey = (): Response =>
      jsonResponse(401, { error: { code: 'InvalidAuthenticationToken', message: 'Signing key is invalid' } });
    const undiscovered = (): Response =>
      jsonResponse(404, { error: { code: 'UnknownError', message: 'Resource could not be discovered.' } });

    test.each([
      ['401 "Signing key is invalid" for 2 h', signingKey, 2 * HOUR_MS],
      ['403 without a text for 40 min', () => empty(403), 40 * MINUTE_MS],
    ])('%s', async (title, httpError, lastsMs) => {
      const awayMs = (await begin(api)) + 5 * HOUR_MS;
      field.alter((due, { atMs }) => (atMs >= awayMs && atMs < awayMs + lastsMs ? httpError() : due));
      const findings = await field.live(HOURS);
      print(`M4 ${title}`, api, findings);
      expect(findings).toMatchObject({ missing: [], repeated: 0, gaps: [] });
      expect(findings.levels.critical).toBe(1);
      // Ten minutes where nothing can be locked; with a password in each request an hour.
      const maxWaitMs = api === 'Microsoft Graph' ? 10 * MINUTE_MS : HOUR_MS;
      expect(findings.delayMaxSeconds * SECOND_MS).toBeLessThan(lastsMs + maxWaitMs + 3 * MINUTE_MS);
    });

    test.each([
      ['one 404 "Resource could not be discovered"', undiscovered, 1],
      ['one 401', signingKey, 1],
      ['two pages of a gateway in a row', () => htmlResponse(200, 'Service Unavailable', 'Try again later.'), 2],
    ])('%s', async (title, httpError, times) => {
      const awayMs = (await begin(api)) + 5 * HOUR_MS;
      let left = times;
      field.alter((due, { atMs }) => {
        if (atMs < awayMs || left === 0) return due;
        left -= 1;
        return httpError();
      });
      const findings = await field.live(12);
      print(`M4 ${title}`, api, findings);
      expect(left).toBe(0);
      expect(findings).toMatchObject({ missing: [], repeated: 0, gaps: [] });
      expect(findings.levels).toMatchObject({ error: 0, critical: 0 });
      expect(findings.delayMaxSeconds).toBeLessThan(120);
    });
  });

  describe('M6: a status that changes late', () => {
    test.each([
      ['after 24 h 20 min', [87_600, 87_600]],
      ['after 24 h to 25 h', [86_400, 90_000]],
      ['after 20 h to 26 h', [72_000, 93_600]],
    ] as const)('%s', async (title, changeSeconds) => {
      const beginMs = await begin(api, 10);
      const change = { changingShare: 1, changeSeconds };
      field.life.simulator.world.add({ rows: 600, from: beginMs, to: beginMs + 20 * HOUR_MS, ...change });
      const findings = await field.live(54);
      print(`M6 ${title}`, api, findings);
      expect(findings).toMatchObject({ missing: [], repeated: 0, gaps: [] });
      expect(findings.levels).toMatchObject({ warning: 0, error: 0, critical: 0 });
    });
  });

  describe('M9: Retry-After', () => {
    // Where it does not say so, Graph's quota is left alone for a minute; a 503 may be asked again at once.
    const tooMany = (after: Record<string, string>): Response =>
      withHeaders(
        jsonResponse('Retry-After' in after ? 429 : 503, {
          error: { code: 'TooManyRequests', message: 'Too many requests.' },
        }),
        after,
      );
    // Waits of less than half a second are real ones, so the clock does not show them: 0.249 is for the client's own
    // tests.
    test.each([
      ['2.128', 2.128],
      [undefined, 0],
      ['17', 17],
    ] as const)('%s, five times in an hour of polls', async (text, leastSeconds) => {
      const beginMs = await begin(api);
      const asked: number[] = [];
      const refusedAt: number[] = [];
      let next = beginMs + 10 * MINUTE_MS;
      field.alter((due, { atMs }) => {
        asked.push(atMs);
        if (atMs < next) return due;
        next = atMs + 10 * MINUTE_MS;
        refusedAt.push(atMs);
        return tooMany(text === undefined ? {} : { 'Retry-After': text });
      });
      const findings = await field.live(1);
      const waits = refusedAt.map((at) => (asked[asked.indexOf(at) + 1]! - at) / SECOND_MS);
      print(
        `M9 Retry-After ${text ?? 'absent'}, waits ${waits.map((wait) => wait.toFixed(1)).join(' ')} s`,
        api,
        findings,
      );
      expect(waits.length).toBeGreaterThanOrEqual(4);
      const maxSeconds = Math.max(1, leastSeconds) + 0.5;
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(leastSeconds - 0.002);
        expect(wait).toBeLessThanOrEqual(maxSeconds);
      }
      expect(findings).toMatchObject({ missing: [], repeated: 0, gaps: [] });
      expect(findings.levels).toMatchObject({ error: 0, critical: 0 });
    });

    test('1 for ever: asked ever more rarely, an error after 5 minutes, nothing lost', async () => {
      const awayMs = (await begin(api)) + HOUR_MS;
      let refused = 0;
      field.alter((due, { atMs }) => {
        if (atMs < awayMs || atMs >= awayMs + 2 * HOUR_MS) return due;
        refused += 1;
        return tooMany({ 'Retry-After': '1' });
      });
      const findings = await field.live(6);
      print(`M9 Retry-After 1 for two hours, refused ${refused} times`, api, findings);
      expect(refused).toBeLessThan(600);
      expect(findings).toMatchObject({ missing: [], repeated: 0, gaps: [] });
      expect(findings.levels).toMatchObject({ error: 1, critical: 0 });
      expect(findings.delayMaxSeconds * SECOND_MS).toBeLessThan(2 * HOUR_MS + 5 * MINUTE_MS);
    });
  });
});

/** Changes the rows of Graph's pages. */
function alterRows(change: (rows: Record<string, unknown>[]) => Record<string, unknown>[]): void {
  field.alter((due) => {
    const page = due.status === 200 ? (JSON.parse(due.body) as { value: Record<string, unknown>[] }) : undefined;
    return page === undefined ? due : { ...due, body: JSON.stringify({ ...page, value: change(page.value) }) };
  });
}

const GRAPH = 'Microsoft Graph';
const EVENT = { eventFormat: 'normalized', intakeFormat: 'message_trace' } as const;

test.each([
  ['an empty message', '{"error":{"code":"UnknownError","message":""}}'],
  ['no message', '{"error":{"code":"UnknownError"}}'],
  ['nothing', ''],
])('M7: a tenant of another cloud that answers 403 with %s is told of that, without raw JSON', async (title, body) => {
  await begin(GRAPH);
  field.alter(() => respond(403, 'application/json', body));
  await field.live(2);
  const [told] = field.life.log.at('critical');
  process.stdout.write(`M7 ${title} | ${told}\n`);
  expect(told).toContain('HTTP 403');
  expect(told).toContain('national cloud (US Government, China)');
  expect(told).toContain('set api to reporting_web_service');
  expect(told).not.toContain('{');
});

test.each([
  ['two senders', ['first@a.example', 'second@b.example']],
  ['three senders', ['first@a.example', 'second@b.example', 'third@c.example']],
  ['a sender and none', ['first@a.example', '<>']],
])('M8: rows that differ in nothing but their sender are all delivered, once: %s', async (title, senders) => {
  await begin(GRAPH);
  alterRows((rows) => rows.flatMap((row) => senders.map((senderAddress) => ({ ...row, senderAddress }))));
  await field.live(3);
  const { deliveries, simulator } = field.life;
  const rows = [...simulator.world.visibleRows(field.nowMs - 2 * MINUTE_MS)].length;
  const names = deliveries.map(({ record: { traceId, recipient, sender } }) => `${traceId} ${recipient} ${sender}`);
  process.stdout.write(`M8 ${title} | ${rows} rows, ${names.length} delivered, ${new Set(names).size} different\n`);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(rows * senders.length);
});

test.each([
  ['recipient <>', { recipientAddress: '<>' }],
  ['recipient in blanks', { recipientAddress: ' <> ' }],
  ['sender <>', { senderAddress: '<>' }],
  ['received in the year 0001', { receivedDateTime: '0001-01-01T00:00:00Z' }],
])('M10: %s', async (title, odd) => {
  await begin(GRAPH);
  alterRows((rows) => rows.map((row) => ({ ...row, ...odd })));
  await field.live(3);
  const { deliveries, monitor, log, simulator } = field.life;
  // The recipients of one message cannot be told apart any more.
  const rows = new Set([...simulator.world.visibleRows(field.nowMs - 2 * MINUTE_MS)].map(({ traceId }) => traceId))
    .size;
  process.stdout.write(
    `M10 ${title} | ${rows} rows, ${deliveries.length} delivered, ${monitor.rows.filter(({ late }) => late).length} late\n`,
  );
  expect(deliveries.length).toBeGreaterThanOrEqual(rows);
  for (const { record } of deliveries) expect(JSON.stringify(toEvent(record, EVENT)['email'])).not.toContain('<>');
  expect(monitor.rows.filter(({ late }) => late)).toEqual([]);
  expect(log.at('error')).toEqual([]);
});
