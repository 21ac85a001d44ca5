import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import {
  InvalidInputError,
  passingFaults,
  reportingFaults,
  type ReportingFault,
  type Simulator,
} from '../../../src/index.js';
import {
  authorized,
  booked,
  get,
  hourMs,
  nowMs,
  rangeFilter,
  readPage,
  traceUrl,
  withSimulator,
} from '../../support/client.js';

const query = { $format: 'json', $filter: rangeFilter(nowMs - hourMs, nowMs) };

/** Pages of 10 out of 25 rows, with a fault for the next requests, which `check` makes. */
function withFault(
  kind: ReportingFault,
  check: (url: string, simulator: Simulator) => Promise<void>,
  url: (simulator: Simulator) => string = (simulator) => traceUrl(simulator, query),
  times = 1,
): Promise<void> {
  return withSimulator({ pageRows: 10, slowResponseMs: 50 }, async (simulator) => {
    simulator.world.add({ rows: 25, from: nowMs - hourMs, to: nowMs });
    const before = booked(simulator.world, nowMs);
    simulator.server.faults.failNext(kind, times);
    await check(url(simulator), simulator);
    expect(simulator.server.requests.totals.byResult[kind]).toBe(times);
    expect(booked(simulator.world, nowMs)).toEqual(before);
    expect((await readPage(traceUrl(simulator, query))).rows).toHaveLength(10);
  });
}

function laterPage(simulator: Simulator): string {
  return traceUrl(simulator, { ...query, $skiptoken: '9' });
}

/** How a connection ends, below what fetch tells. */
async function outcome(url: string): Promise<{ code: string; received: string }> {
  let received = '';
  const request = httpRequest(url, { headers: authorized, agent: false }).end();
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    for await (const chunk of response) received += String(chunk);
    return { code: 'whole', received };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? 'none', received };
  }
}

describe('every kind of fault', () => {
  test.each([
    ['http-400', 400, /"error".*not valid/],
    ['http-400-time-limit', 400, /can't be older than 30 days/],
    ['http-401', 401, /<html/],
    ['http-403', 403, /^\{"ErrorCode":"","Message":"No permission to access the report/],
    ['http-404', 404, /<html/],
    ['http-408', 408, /<html/],
    ['http-410', 410, /retired/],
    ['http-429', 429, /permitted limit/],
    ['http-500', 500, /<html/],
    ['http-502', 502, /<html/],
    ['http-503', 503, /<html/],
    ['html-with-200', 200, /<html/],
    ['empty-200', 200, /^$/],
    ['sign-in-page', 200, /<html.*login\.microsoftonline\.com/s],
  ] as const)('%s is answered with %i', async (kind, status, body) => {
    await withFault(kind, async (url) => {
      const response = await get(url);
      expect(response.status).toBe(status);
      expect(response.headers.get('retry-after')).toBeNull();
      expect(await response.text()).toMatch(body);
    });
  });

  test.each([
    ['http-503-retry-after-seconds', 503, '1'],
    ['http-503-retry-after-date', 503, new Date(nowMs + 1000).toUTCString()],
    ['http-429-retry-after-seconds', 429, '1'],
    ['http-503-retry-after-600', 503, '600'],
    ['http-429-retry-after-huge', 429, '99999999'],
  ] as const)('%s says how long to wait', async (kind, status, wait) => {
    await withFault(kind, async (url) => {
      const response = await get(url);
      expect([response.status, response.headers.get('retry-after')]).toEqual([status, wait]);
    });
  });

  test('sign-in-redirect leads to the sign-in page', async () => {
    await withFault('sign-in-redirect', async (url) => {
      const response = await get(url);
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toMatch(/^https:\/\/login\.microsoftonline\.com\//);
    });
  });

  test('reset-before-answer ends the connection without a byte', async () => {
    await withFault('reset-before-answer', async (url, simulator) => {
      expect(await outcome(url)).toEqual({ code: 'ECONNRESET', received: '' });
      expect(simulator.server.requests.recent.at(-1)).toMatchObject({ status: null, rows: 0 });
    });
  });

  test('reset-in-body ends it after a part of the rows', async () => {
    await withFault('reset-in-body', async (url) => {
      const { code, received } = await outcome(url);
      expect(code).toBe('ECONNRESET');
      expect(received).toMatch(/^\{"d":\{"results":\[\{/);
    });
  });

  test('cut-off-json is whole for HTTP, but no JSON', async () => {
    await withFault('cut-off-json', async (url) => {
      const { code, received } = await outcome(url);
      expect(code).toBe('whole');
      expect(received).toMatch(/^\{"d":\{"results":\[\{/);
      expect(() => JSON.parse(received) as unknown).toThrow(SyntaxError);
    });
  });

  test('slow-answer gives the rows in the end', async () => {
    await withFault('slow-answer', async (url) => {
      expect((await readPage(url)).rows).toHaveLength(10);
    });
  });

  test('no-answer keeps the client waiting until it gives up', async () => {
    await withFault('no-answer', async (url, simulator) => {
      const giveUp = new AbortController();
      const asked = simulator.server.requests.nth(1);
      const response = fetch(url, { headers: authorized, signal: giveUp.signal });
      expect(await asked).toMatchObject({ result: 'no-answer', status: null });
      giveUp.abort();
      await expect(response).rejects.toThrow('aborted');
    });
  });

  test('no-answer does not keep the simulator from closing', async () => {
    let response: Promise<unknown> = Promise.resolve();
    await withSimulator({}, async (simulator) => {
      simulator.server.faults.failNext('no-answer');
      const asked = simulator.server.requests.nth(1);
      response = get(traceUrl(simulator, query)).catch((error: unknown) => error);
      await asked;
    });
    expect(String(await response)).toContain('fetch failed');
  });

  test('link-to-another-host gives the rows, with a link to that host', async () => {
    await withFault('link-to-another-host', async (url, simulator) => {
      const { rows, link } = await readPage(url);
      expect(rows).toHaveLength(10);
      expect(new URL(link!).origin).toBe(simulator.server.options.foreignOrigin);
    });
  });

  test.each([
    ['dead-link-400', 400],
    ['dead-link-404', 404],
    ['dead-link-410', 410],
  ] as const)('%s refuses a later page', async (kind, status) => {
    await withFault(kind, async (url) => expect((await get(url)).status).toBe(status), laterPage);
  });

  test('empty-page-with-link gives no rows and a link to the same page, for ever', async () => {
    const walk = async (url: string): Promise<void> => {
      const first = await readPage(url);
      const second = await readPage(first.link!);
      expect([first.rows, second.rows]).toEqual([[], []]);
      expect(second.link).not.toBe(first.link);
      expect((await readPage(second.link!)).rows).toHaveLength(10);
    };
    await withFault('empty-page-with-link', walk, undefined, 2);
  });

  test.each([
    ['echo-plain', (text: string) => text],
    ['echo-html', (text: string) => text.replaceAll('&amp;', '&')],
    ['echo-json', (text: string) => (JSON.parse(text) as { error: { message: string } }).error.message],
    ['echo-url-encoded', (text: string) => decodeURIComponent(text.split('request=')[1]!)],
    ['echo-base64', (text: string) => Buffer.from(text.split('\r\n').slice(1).join(''), 'base64').toString()],
    ['echo-shifted', (text: string) => text],
  ] as const)('%s holds the credentials of the request', async (kind, decode) => {
    await withFault(kind, async (url) => {
      const response = await get(url);
      expect([400, 403, 404, 502]).toContain(response.status);
      expect(decode(await response.text())).toContain(authorized.authorization);
    });
  });

  test('echo-cut ends within the credentials, each time in another place', async () => {
    const [, value = ''] = authorized.authorization.split(' ');
    const shownBy = async (url: string) =>
      /authorization: Basic (\S+)$/i.exec(await (await get(url)).text())?.[1] ?? 'nothing';
    const check = async (url: string): Promise<void> => {
      const shown = [await shownBy(url), await shownBy(url)];
      expect(shown.map((text) => value.startsWith(text))).toEqual([true, true]);
      expect(shown[1]).not.toBe(shown[0]);
    };
    await withFault('echo-cut', check, undefined, 2);
  });

  test.each(['json-bomb-keys', 'json-bomb-depth', 'json-bomb-text'] as const)(
    '%s is JSON of many megabytes',
    async (kind) => {
      await withFault(kind, async (url) => expect((await (await get(url)).text()).length).toBeGreaterThan(7_000_000));
    },
  );

  test('is named in this file', async () => {
    const source = await import('node:fs/promises').then(({ readFile }) => readFile(import.meta.filename, 'utf8'));
    expect(reportingFaults.filter((kind) => !source.includes(`'${kind}'`))).toEqual([]);
  });
});

describe('scripted faults', () => {
  test('come as often as asked for, in the order asked for, then no more', async () => {
    await withSimulator({}, async (simulator) => {
      simulator.server.faults.failNext('http-500', 2);
      simulator.server.faults.failNext('http-502');
      const statuses = [];
      for (let at = 0; at < 4; at++) statuses.push((await get(traceUrl(simulator, query))).status);
      expect(statuses).toEqual([500, 500, 502, 200]);
      expect(simulator.server.faults.scripted).toEqual([]);
    });
  });

  test.each([
    ['first', [500, 200, 200]],
    ['later', [200, 500, 200]],
    [3, [200, 200, 500]],
  ] as const)('wait for page %s', async (page, expected) => {
    await withSimulator({ pageRows: 10 }, async (simulator) => {
      simulator.world.add({ rows: 25, from: nowMs - hourMs, to: nowMs });
      simulator.server.faults.failNext('http-500', 1, { page });
      const statuses = [];
      for (const parameters of [query, { ...query, $skiptoken: '9' }, { ...query, $skiptoken: '19' }]) {
        statuses.push((await get(traceUrl(simulator, parameters))).status);
      }
      expect(statuses).toEqual(expected);
    });
  });

  test('wait for a request that they make sense for', async () => {
    await withSimulator({ pageRows: 10 }, async (simulator) => {
      simulator.world.add({ rows: 15, from: nowMs - hourMs, to: nowMs });
      for (const kind of ['dead-link-404', 'link-to-another-host', 'cut-off-json'] as const) {
        simulator.server.faults.failNext(kind);
      }
      await get(traceUrl(simulator, { $format: 'json', $filter: 'nonsense' }));
      expect(simulator.server.faults.scripted).toHaveLength(3);
      await get(traceUrl(simulator, query));
      await get(traceUrl(simulator, { ...query, $skiptoken: '9' }));
      await get(traceUrl(simulator, query));
      expect(simulator.server.requests.recent.map(({ result }) => result)).toEqual([
        'bad-query',
        'link-to-another-host',
        'dead-link-404',
        'cut-off-json',
      ]);
    });
  });

  test('go on for ever if asked to, until cleared', async () => {
    await withSimulator({}, async (simulator) => {
      simulator.server.faults.failNext('http-410', Infinity);
      for (let at = 0; at < 5; at++) expect((await get(traceUrl(simulator, query))).status).toBe(410);
      simulator.server.faults.clear();
      expect((await get(traceUrl(simulator, query))).status).toBe(200);
    });
  });
});

describe('random faults', () => {
  async function results(share: number): Promise<string[]> {
    let seen: string[] = [];
    await withSimulator({}, async (simulator) => {
      simulator.server.faults.failAtRandom({ share, kinds: passingFaults });
      for (let at = 0; at < 200; at++) {
        await get(traceUrl(simulator, query))
          .then((response) => response.text())
          .catch(() => undefined);
      }
      seen = simulator.server.requests.recent.map(({ result }) => result);
    });
    return seen;
  }

  test('hit about their share of the requests, with all their kinds, the same ones for the same seed', async () => {
    const seen = await results(0.5);
    expect(seen).toHaveLength(200);
    expect(await results(0.5)).toEqual(seen);
    expect(new Set(seen.filter((result) => result !== 'page'))).toEqual(new Set(passingFaults));
    const failed = seen.filter((result) => result !== 'page').length;
    expect(failed).toBeGreaterThan(70);
    expect(failed).toBeLessThan(130);
  });

  test('with a share of 0 hit none, with 1 all', async () => {
    expect(new Set(await results(0))).toEqual(new Set(['page']));
    expect(await results(1)).not.toContain('page');
  });
});

test('a client that follows a foreign link sends its credentials to a stranger: the trap works', async () => {
  const trap = createServer((request, response) => response.end(request.headers.authorization));
  await once(trap.listen(0, '127.0.0.1'), 'listening');
  const foreignOrigin = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  await withSimulator({ pageRows: 10, foreignOrigin }, async (simulator) => {
    simulator.world.add({ rows: 25, from: nowMs - hourMs, to: nowMs });
    simulator.server.faults.failNext('link-to-another-host');
    const { link } = await readPage(traceUrl(simulator, query));
    expect(await (await get(link!)).text()).toBe(authorized.authorization);
  });
  trap.closeAllConnections();
  await new Promise((resolve) => trap.close(resolve));
});

test('nonsense is refused', async () => {
  await withSimulator({}, (simulator) => {
    const { faults } = simulator.server;
    expect(() => faults.failNext('http-500', 0)).toThrow(InvalidInputError);
    expect(() => faults.failAtRandom({ share: 1.5, kinds: ['http-500'] })).toThrow(InvalidInputError);
    expect(() => faults.failAtRandom({ share: 0.5, kinds: [] })).toThrow(InvalidInputError);
    return Promise.resolve();
  });
});
