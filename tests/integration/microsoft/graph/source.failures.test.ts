import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { passingFaults, type GraphFault, type GraphOptions } from '@local/testbed';
import {
  NotReadyError,
  OutOfReachError,
  RangeRefusedError,
  SettingsError,
  UnavailableError,
} from '../../../../src/model/errors.js';
import { skipWaits } from '../../../support/fast-forward.js';
import { respond, startLoopback } from '../../../support/loopback.js';
import { guidance, booked, names, presentMs, range, readAll, unread } from '../../../support/microsoft/reading.js';
import { item } from '../../../support/microsoft/graph/items.js';
import { sourceAt, withService } from '../../../support/microsoft/graph/service.js';

describe('a failure that passes costs no row', () => {
  test.each(passingFaults)('%s, on the first page and on a later one', async (fault) => {
    skipWaits();
    await withService({ pageRows: 100, retryAfterSeconds: 0 }, async ({ simulator, source }) => {
      simulator.world.add({ rows: 250, from: range.start, to: range.end });
      simulator.graph.faults.failNext(fault, 2, { page: 1 });
      simulator.graph.faults.failNext(fault, 1, { page: 3 });
      expect(names(await readAll(source)).sort()).toEqual(booked(simulator.world).sort());
      expect(simulator.graph.requests.totals.requests).toBe(6);
    });
  });

  test('a token that is refused before its time, as another one can be had', async () => {
    await withService({ pageRows: 100 }, async ({ simulator, source, tokens }) => {
      simulator.world.add({ rows: 250, from: range.start, to: range.end });
      simulator.graph.faults.failNext('http-401', 1, { page: 1 });
      simulator.graph.faults.failNext('http-401', 1, { page: 3 });
      expect(names(await readAll(source)).sort()).toEqual(booked(simulator.world).sort());
      expect(new Set(tokens).size).toBe(3);
    });
  });

  test.each<GraphFault>(['http-500', 'http-503', 'html-with-200', 'cut-off-json', 'empty-200'])(
    '%s that does not pass ends the reading as unavailable, after the pages before it',
    async (fault) => {
      skipWaits();
      await withService({ pageRows: 100 }, async ({ simulator, source, tokens }) => {
        simulator.world.add({ rows: 250, from: range.start, to: range.end });
        const pages = source.pages(range, new AbortController().signal);
        expect((await pages.next()).value?.records).toHaveLength(100);
        simulator.graph.faults.failNext(fault, Infinity);
        const httpError = await httpErrorOf(pages.next());
        expect(httpError).toBeInstanceOf(UnavailableError);
        expectSilenceAbout(tokens, httpError);
        // Five times the page, and twice what comes after the rows before it.
        expect(simulator.graph.requests.totals.requests).toBe(8);
      });
    },
  );

  test.each<GraphFault>(['http-500', 'http-503', 'html-with-200', 'cut-off-json', 'reset-before-answer'])(
    '%s of each later page does not cost the pages before it: reading goes on from the last row',
    async (fault) => {
      skipWaits();
      await withService({ pageRows: 100 }, async ({ simulator, source, links }) => {
        simulator.world.add({ rows: 450, from: range.start, to: range.end });
        simulator.graph.faults.failNext(fault, Infinity, { page: 2 });
        const read = await readAll(source);
        expect(unread(simulator.world, read)).toEqual([]);
        // The last second of each page comes again; to read the pages once more would take 900 rows.
        expect(read.length).toBeLessThanOrEqual(475);
        // No link was dead.
        expect(links.remedies).toEqual([]);
      });
    },
  );
});

describe('a refusal for the quota is waited out [F-03]', () => {
  test.each<[GraphFault, number]>([
    // For the client's own waits, as nothing is said.
    ['over-quota-429', 0],
    ['http-429', 0],
    ['http-429-retry-after-seconds', 90_000],
  ])('%s, for %i ms', async (fault, waitMs) => {
    await withService({ retryAfterSeconds: 90 }, async ({ simulator, source, tokens }) => {
      simulator.graph.faults.failNext(fault);
      const stop = new AbortController();
      let page: Promise<unknown> | undefined;
      const retry = await new Promise<UnavailableError>((resolve) => {
        page = source.pages(range, stop.signal, { onRetry: resolve }).next();
      });
      stop.abort();
      await expect(page).rejects.toThrow('aborted');
      expect(retry).toMatchObject({ name: 'UnavailableError', retryAfterMs: waitMs });
      expectSilenceAbout(tokens, retry);
      expect(simulator.graph.requests.totals.requests).toBe(1);
    });
  });
});

describe('what the service refuses for good is not asked again', () => {
  const served: [GraphFault, new (...args: never[]) => Error, RegExp, number][] = [
    // Once more with a fresh token.
    ['http-401', SettingsError, /HTTP 401: Access token validation failure/, 2],
    ['http-403', SettingsError, /HTTP 403: Insufficient privileges/, 1],
    ['http-404', SettingsError, /no message trace at this address/, 1],
    ['http-410', SettingsError, /no message trace at this address/, 1],
    ['sign-in-redirect', SettingsError, /sent us to a sign-in page/, 1],
    ['sign-in-page', SettingsError, /sent us to a sign-in page/, 1],
    ['http-400', RangeRefusedError, /HTTP 400: The query is not valid/, 1],
    ['http-400-time-limit', OutOfReachError, /90 days/, 1],
    ['http-500-hiding-400', RangeRefusedError, /HTTP 400: Invalid filter clause: the dates/, 1],
  ];

  test.each(served)('%s', async (fault, kind, says, requests) => {
    await withService({}, async ({ simulator, source, tokens }) => {
      simulator.graph.faults.failNext(fault, Infinity);
      const httpError = await httpErrorOf(readAll(source));
      expect(httpError).toBeInstanceOf(kind);
      expect(httpError.message).toMatch(says);
      expectSilenceAbout(tokens, httpError);
      expect(simulator.graph.requests.totals.requests).toBe(requests);
    });
  });

  test('an application without the permission, with the advice for it', async () => {
    await withService({}, async ({ simulator, source, tokens }) => {
      simulator.tokenService.options.permissions = [];
      const httpError = await httpErrorOf(readAll(source));
      expect(httpError).toBeInstanceOf(SettingsError);
      expect(httpError.message).toContain(guidance.refused);
      expectSilenceAbout(tokens, httpError);
    });
  });

  test.each([401, 403] as const)(
    'a tenant without the service principal, by %i, until hours later it works',
    async (servicePrincipalError) => {
      const options: Partial<GraphOptions> = { servicePrincipalFromMs: null, servicePrincipalError };
      await withService(options, async ({ simulator, source, tokens }) => {
        simulator.world.add({ rows: 50, from: range.start, to: range.end });
        const httpError = await httpErrorOf(readAll(source));
        expect(httpError).toBeInstanceOf(NotReadyError);
        expect(httpError.message).toMatch(/8bd644d1-64a1-4d4b-ae52-2e0cbf64e373.*takes some hours/);
        expectSilenceAbout(tokens, httpError);
        expect(simulator.graph.requests.totals.requests).toBe(1);
        simulator.graph.options.servicePrincipalFromMs = presentMs;
        expect(await readAll(source)).toHaveLength(50);
      });
    },
  );
});

describe('a link to a later page that leads nowhere', () => {
  test.each<GraphFault>(['dead-link-400', 'dead-link-404', 'dead-link-410'])(
    'costs one request, though all links are so: %s',
    async (fault) => {
      await withService({ pageRows: 100 }, async ({ simulator, source, links }) => {
        simulator.world.add({ rows: 250, from: range.start, to: range.end });
        simulator.graph.faults.failNext(fault, Infinity);
        expect(unread(simulator.world, await readAll(source))).toEqual([]);
        expect(links.remedies).toEqual(['continued', 'continued']);
        expect(simulator.graph.requests.totals).toMatchObject({ requests: 5, byResult: { page: 3, [fault]: 2 } });
      });
    },
  );

  test('costs none where its token is encoded once too often: that is undone', async () => {
    await withService({ pageRows: 100 }, async ({ simulator, source, links }) => {
      simulator.world.add({ rows: 250, from: range.start, to: range.end });
      simulator.graph.faults.failNext('double-encoded-token', Infinity);
      expect(names(await readAll(source)).sort()).toEqual(booked(simulator.world).sort());
      expect(links.remedies).toEqual(['repaired', 'repaired']);
      expect(simulator.graph.requests.totals).toMatchObject({ requests: 3, rows: 250 });
    });
  });

  test('costs none where its token has no recipient: a query to the time of the last row takes its place', async () => {
    await withService({ pageRows: 100 }, async ({ simulator, source, links }) => {
      simulator.world.add({ rows: 250, from: range.start, to: range.end });
      simulator.graph.faults.failNext('empty-recipient-token', Infinity);
      const read = await readAll(source);
      expect(unread(simulator.world, read)).toEqual([]);
      expect(links.remedies).toEqual(['continued', 'continued']);
      const { recent, totals } = simulator.graph.requests;
      expect(totals.requests).toBe(3);
      const last = read[99]!.receivedMs!;
      expect(recent[1]).toMatchObject({ startMs: range.start, endMs: Math.ceil(last / 1000) * 1000, skiptoken: null });
    });
  });

  test('that is refused although it was repaired is gone round like any other', async () => {
    await withService({ pageRows: 100 }, async ({ simulator, source, links }) => {
      simulator.world.add({ rows: 250, from: range.start, to: range.end });
      simulator.graph.faults.failNext('double-encoded-token');
      simulator.graph.faults.failNext('dead-link-400');
      expect(unread(simulator.world, await readAll(source))).toEqual([]);
      expect(links.remedies).toEqual(['continued']);
      expect(simulator.graph.requests.totals.byResult).toMatchObject({ 'dead-link-400': 1 });
    });
  });

  test.each<[GraphFault, string[]]>([
    ['empty-recipient-token', ['continued', 'rebuilt', 'rebuilt']],
    ['dead-link-400', ['continued', 'retried']],
  ])('of a millisecond that is larger than a page is replaced by one of our own: %s', async (fault, remedies) => {
    await withService({ pageRows: 100, sevenFractionDigits: true }, async ({ simulator, source, links }) => {
      const at = range.start + 1_800_123;
      simulator.world.add({ rows: 301, recipients: 301, from: at, to: at + 1 });
      simulator.world.add({ rows: 50, from: range.start, to: at });
      simulator.world.add({ rows: 20, from: at + 5000, to: range.end });
      // A link of our own making is a later page to the service, and can be refused like any other.
      if (fault === 'dead-link-400') simulator.graph.faults.failNext(fault, 3);
      else simulator.graph.faults.failNext(fault, 4);
      const read = await readAll(source);
      expect(unread(simulator.world, read)).toEqual([]);
      expect(links.remedies.slice(0, remedies.length)).toEqual(remedies);
      expect(links.remedies).not.toContain('halved');
    });
  });

  test('is asked for anew where nothing else is left, and the range is refused where that does not help', async () => {
    await withService({ pageRows: 100 }, async ({ simulator, source, links, tokens }) => {
      const at = range.start + 1_800_123;
      simulator.world.add({ rows: 150, recipients: 150, from: at, to: at + 1 });
      simulator.world.add({ rows: 20, from: at + 5000, to: range.end });
      const { faults, requests } = simulator.graph;
      faults.failNext('dead-link-400', 3);
      expect(unread(simulator.world, await readAll(source))).toEqual([]);
      // The page, its link, a query to its time, its link, a link of our own, the page once more, its link.
      expect(links.remedies).toEqual(['continued', 'retried']);
      expect(requests.totals.requests).toBe(7);

      faults.failNext('dead-link-400', Infinity);
      const httpError = await httpErrorOf(readAll(source));
      expect(httpError).toBeInstanceOf(RangeRefusedError);
      expect(links.remedies.slice(2)).toEqual(['continued', 'retried', 'retried', 'retried', 'halved']);
      expectSilenceAbout(tokens, httpError);
    });
  });
});

test('a link to another host is told at once and never followed, and all rows are read without it', async () => {
  const other = await startLoopback((_, response) => respond(response, 200, { value: [] }));
  const options = { pageRows: 100, foreignOrigin: other.origin };
  await withService(options, async ({ simulator, source, links, tokens }) => {
    simulator.world.add({ rows: 250, from: range.start, to: range.end });
    simulator.graph.faults.failNext('link-to-another-host');
    const pages = source.pages(range, new AbortController().signal);
    const read = [...(await pages.next()).value!.records];
    // Before anything is done with the page.
    expect(links.foreign).toEqual([expect.stringContaining(`another host (${other.origin})`)]);
    for await (const { records } of pages) read.push(...records);
    expect(unread(simulator.world, read)).toEqual([]);
    expect(links.remedies).toEqual(['continued']);
    expectSilenceAbout(tokens, links.foreign);
    expect(simulator.graph.requests.totals.requests).toBe(3);
  });
  expect(other.received).toHaveLength(0);
});

test('a name and a password in a link take the place of no credentials', async () => {
  const server = await startLoopback((request, response, number) =>
    respond(response, 200, {
      value: [item({ id: `page ${number}` })],
      ...(number === 1 && { '@odata.nextLink': `http://name:secret@${request.headers.host ?? ''}/v1.0/page-2` }),
    }),
  );
  const authorization = { header: () => Promise.resolve('Bearer x'), discard: () => false };
  expect(await readAll(sourceAt(`${server.origin}/v1.0`, authorization))).toHaveLength(2);
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer x', 'Bearer x']);
});

/** What a reading ends with, as it must. */
async function httpErrorOf(reading: Promise<unknown>): Promise<Error> {
  const outcome = await reading.catch((error: unknown) => error);
  if (outcome instanceof Error) return outcome;
  throw new TypeError(`it was not refused, but gave ${inspect(outcome)}`);
}

/** Neither its message nor anything that it carries along holds a token. */
function expectSilenceAbout(tokens: readonly string[], error: unknown): void {
  const everything = inspect(error, { depth: Infinity, showHidden: true, maxStringLength: Infinity });
  expect(tokens.length).toBeGreaterThan(0);
  expect(tokens.filter((token) => everything.includes(token))).toEqual([]);
}
