import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { graphFaults, passingFaults, type GraphFault, type Simulator } from '../../../src/index.js';
import { booked, get, hourMs, nowMs } from '../../support/client.js';
import { graphError, graphFilter, messageTracesUrl, readTraces, withGraph } from '../../support/graph-client.js';

const query = { $filter: graphFilter(nowMs - hourMs, nowMs), $top: '10' };

/** Pages of 10 out of 25 rows, with a fault for the next request. */
function withFault(
  kind: GraphFault,
  check: (url: string, headers: { authorization: string }, simulator: Simulator) => Promise<void>,
): Promise<void> {
  return withGraph({}, async (simulator, headers) => {
    simulator.world.add({ rows: 25, from: nowMs - hourMs, to: nowMs });
    const before = booked(simulator.world, nowMs);
    const url = messageTracesUrl(simulator, query);
    simulator.graph.faults.failNext(kind);
    await check(url, headers, simulator);
    expect(simulator.graph.requests.totals.byResult[kind]).toBe(1);
    expect(booked(simulator.world, nowMs)).toEqual(before);
    expect((await readTraces(url, headers)).rows).toHaveLength(10);
  });
}

describe('every kind of fault of its own', () => {
  test.each([
    ['http-400', 400, 'BadRequest', /not valid/],
    ['http-400-time-limit', 400, 'BadRequest', /can't be older than 90 days/],
    ['http-401', 401, 'InvalidAuthenticationToken', /validation failure/],
    ['http-403', 403, 'Authorization_RequestDenied', /Insufficient privileges/],
    ['http-404', 404, 'ResourceNotFound', /not found/],
    ['http-410', 410, 'Gone', /retired/],
    ['http-500-hiding-400', 500, 'UnknownError', /^$/],
    ['over-quota-429', 429, 'TooManyRequests', /surpassed the permitted limit/],
    ['service-principal-less', 401, 'Unauthorized', /^Service principal-less Authentication failed/],
  ] as const)('%s is answered with %i and %s', async (kind, status, code, message) => {
    await withFault(kind, async (url, headers) => {
      const refused = await graphError(url, headers);
      expect(refused).toMatchObject({ status, code, retryAfter: null });
      expect(refused.message).toMatch(message);
    });
  });

  test('http-500-hiding-400 tells of the bad request in an exception within', async () => {
    await withFault('http-500-hiding-400', async (url, headers) => {
      const answered = (await (await get(url, headers)).json()) as object;
      expect(answered).toHaveProperty(
        ['error', 'innererror', 'internalexception', 'message'],
        expect.stringContaining('Invalid filter clause'),
      );
    });
  });

  test('link-to-another-host gives the rows, with a link to that host', async () => {
    await withFault('link-to-another-host', async (url, headers, simulator) => {
      const { rows, link } = await readTraces(url, headers);
      expect(rows).toHaveLength(10);
      expect(new URL(link!).origin).toBe(simulator.graph.options.foreignOrigin);
    });
  });

  test.each([
    ['double-encoded-token', /^Cannot process argument transformation on parameter 'StartDate'/],
    ['empty-recipient-token', /^\|System\.ArgumentException\|Invalid starting recipient address$/],
  ] as const)('%s gives the rows, with a link that the service itself refuses', async (kind, message) => {
    await withFault(kind, async (url, headers, simulator) => {
      const { rows, link } = await readTraces(url, headers);
      expect(rows).toHaveLength(10);
      expect(new URL(link!).origin).toBe(simulator.origin);
      const refused = await graphError(link!, headers);
      expect(refused).toMatchObject({ status: 400, code: 'BadRequest' });
      expect(refused.message).toMatch(message);
    });
  });

  test('empty-page-with-link gives no rows and a link to the same page', async () => {
    await withFault('empty-page-with-link', async (url, headers) => {
      const { rows, link } = await readTraces(url, headers);
      expect(rows).toEqual([]);
      expect((await readTraces(link!, headers)).rows).toHaveLength(10);
    });
  });

  test('a token with all values encoded once more is the good one as soon as that is undone', async () => {
    await withFault('double-encoded-token', async (url, headers) => {
      const tokenOf = ({ link }: { link: string | undefined }): string =>
        new URL(link!).searchParams.get('$skiptoken')!;
      const read = (token: string) => JSON.parse(Buffer.from(token, 'base64').toString()) as Record<string, string>;
      const spoiled = read(tokenOf(await readTraces(url, headers)));
      const undone = Object.entries(spoiled).map(([name, value]) => [name, JSON.parse(value) as unknown]);
      expect(Object.fromEntries(undone)).toEqual(read(tokenOf(await readTraces(url, headers))));
    });
  });

  test('a kind that is named twice comes twice as often', async () => {
    await withGraph({ quotaRequests: 1_000 }, async (simulator, headers) => {
      simulator.world.add({ rows: 25, from: nowMs - hourMs, to: nowMs });
      const kinds = ['double-encoded-token', 'double-encoded-token', 'empty-recipient-token'] as const;
      simulator.graph.faults.failAtRandom({ share: 0.6, kinds });
      for (let at = 0; at < 300; at++) await readTraces(messageTracesUrl(simulator, query), headers);
      const { byResult } = simulator.graph.requests.totals;
      expect(byResult['double-encoded-token']! / 300).toBeCloseTo(0.4, 0);
      expect(byResult['empty-recipient-token']! / 300).toBeCloseTo(0.2, 0);
      expect(byResult['double-encoded-token']!).toBeGreaterThan(1.4 * byResult['empty-recipient-token']!);
    });
  });

  test.each([
    ['dead-link-400', 400],
    ['dead-link-404', 404],
    ['dead-link-410', 410],
  ] as const)('%s refuses a later page', async (kind, status) => {
    await withFault(kind, async (url, headers) => {
      const { link } = await readTraces(url, headers);
      expect((await graphError(link!, headers)).status).toBe(status);
    });
  });

  test('is named in this file', async () => {
    const source = await readFile(import.meta.filename, 'utf8');
    const own = graphFaults.slice(graphFaults.indexOf('http-400'));
    expect(own.filter((kind) => !source.includes(`'${kind}'`))).toEqual([]);
  });
});

test('faults of the way there are those of the other service', async () => {
  await withFault('http-503-retry-after-seconds', async (url, headers) => {
    const response = await get(url, headers);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  });
  await withFault('cut-off-json', async (url, headers) => {
    const text = await (await get(url, headers)).text();
    expect(text).toContain('"value":[');
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });
});

test('each service has faults of its own', async () => {
  await withGraph({}, async (simulator, headers) => {
    simulator.server.faults.failNext('http-500', Infinity);
    simulator.tokenService.faults.failNext('http-500', Infinity);
    expect((await get(messageTracesUrl(simulator, query), headers)).status).toBe(200);
  });
});

test('random faults hit a share of the requests', async () => {
  await withGraph({ quotaRequests: 1_000 }, async (simulator, headers) => {
    simulator.graph.faults.failAtRandom({ share: 0.5, kinds: passingFaults });
    for (let at = 0; at < 100; at++) {
      await get(messageTracesUrl(simulator, query), headers)
        .then((response) => response.text())
        .catch(() => undefined);
    }
    const failed = 100 - (simulator.graph.requests.totals.byResult.page ?? 0);
    expect(failed).toBeGreaterThan(25);
    expect(failed).toBeLessThan(75);
  });
});
