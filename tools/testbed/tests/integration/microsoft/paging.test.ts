import { describe, expect, test } from '@jest/globals';
import type { ReportingOptions, Simulator } from '../../../src/index.js';
import {
  authorized,
  booked,
  hourMs,
  identity,
  nowMs,
  rangeFilter,
  readPage,
  traceUrl,
  withSimulator,
  type AnsweredRow,
} from '../../support/client.js';

const startMs = nowMs - hourMs;
const query = { $format: 'json', $filter: rangeFilter(startMs, nowMs) };

/**
 * Follows links; without one, asks on with $skiptoken as long as pages are full, less one so that nothing is skipped.
 */
async function collect(simulator: Simulator, first: string, headers = authorized): Promise<AnsweredRow[]> {
  const { pageRows } = simulator.server.options;
  const rows: AnsweredRow[] = [];
  for (let url = first; ;) {
    const page = await readPage(url, headers);
    rows.push(...page.rows);
    if (page.link !== undefined) url = new URL(page.link, url).href;
    else if (simulator.server.options.paging === 'skiptoken' && page.rows.length === pageRows) {
      url = `${first}&$skiptoken=${rows.length - 1}`;
    } else return rows;
  }
}

const pagings: ReportingOptions['paging'][] = ['link', 'relative-link', 'skiptoken'];
const cases = pagings.flatMap((paging) =>
  (['at', 'after'] as const).flatMap((skiptokenStarts) =>
    (['odata-2', 'odata-3'] as const).flatMap((dialect) =>
      [0, 1, 99, 100, 101, 730].map((count) => ({ paging, skiptokenStarts, dialect, count })),
    ),
  ),
);

test.each(cases)(
  'gives $count rows once each by $paging in $dialect, where a token starts $skiptokenStarts its row',
  async ({ count, ...options }) => {
    await withSimulator({ pageRows: 100, ...options }, async (simulator) => {
      simulator.world.add({ rows: count, from: startMs, to: nowMs });
      const rows = await collect(simulator, traceUrl(simulator, query));
      const identities = rows.map(identity);
      expect([...new Set(identities)].sort()).toEqual(booked(simulator.world, nowMs).sort());
      const repeats = options.paging === 'skiptoken' && options.skiptokenStarts === 'at' && count >= 100;
      // The client asks for the row before the next page once more; from its second page on it has counted that one
      // too.
      expect(rows.length - count).toBe(repeats ? 1 : 0);
    });
  },
);

test('an absolute link names the host as the client spelled it, and keeps the query', async () => {
  await withSimulator({ pageRows: 10 }, async (simulator) => {
    simulator.world.add({ rows: 25, from: startMs, to: nowMs });
    const { link } = await readPage(traceUrl(simulator, query).replace('127.0.0.1', 'localhost'));
    const url = new URL(link!);
    expect(url.hostname).toBe('localhost');
    expect(url.searchParams.get('$filter')).toBe(query.$filter);
    expect(url.searchParams.get('$format')).toBe('json');
    expect(url.searchParams.get('$skiptoken')).toBe('9');
  });
});

test('$top is how many rows are wanted altogether', async () => {
  await withSimulator({ pageRows: 10 }, async (simulator) => {
    simulator.world.add({ rows: 100, from: startMs, to: nowMs });
    expect(await collect(simulator, traceUrl(simulator, { ...query, $top: '25' }))).toHaveLength(25);
    expect(await collect(simulator, traceUrl(simulator, { ...query, $top: '10' }))).toHaveLength(10);
    expect(simulator.server.requests.totals.requests).toBe(4);
  });
});

test('a token beyond the end gives an empty page', async () => {
  await withSimulator({}, async (simulator) => {
    simulator.world.add({ rows: 5, from: startMs, to: nowMs });
    expect(await readPage(traceUrl(simulator, { ...query, $skiptoken: '5' }))).toEqual({ rows: [], link: undefined });
  });
});

describe('while rows appear between two pages', () => {
  async function read(options: Partial<ReportingOptions>): Promise<{ before: string[]; read: string[] }> {
    let result = { before: [] as string[], read: [] as string[] };
    await withSimulator({ pageRows: 100, ...options }, async (simulator) => {
      simulator.world.add({ rows: 300, from: startMs, to: nowMs });
      const before = booked(simulator.world, nowMs);
      const first = await readPage(traceUrl(simulator, query));
      simulator.world.add({ rows: 40, from: startMs, to: nowMs });
      const rest = await collect(simulator, first.link!);
      result = { before, read: [...first.rows, ...rest].map(identity) };
    });
    return result;
  }

  test('stable pages show exactly what the first page saw', async () => {
    const { before, read: seen } = await read({ stablePages: true });
    expect(seen.sort()).toEqual(before.sort());
  });

  test('shifting pages repeat rows, but skip none that was there from the beginning', async () => {
    const { before, read: seen } = await read({ stablePages: false });
    expect(before.filter((row) => !seen.includes(row))).toEqual([]);
    expect(new Set(seen).size).toBeLessThan(seen.length);
  });

  test('a new first page sees the new rows', async () => {
    await withSimulator({ pageRows: 100 }, async (simulator) => {
      simulator.world.add({ rows: 300, from: startMs, to: nowMs });
      await readPage(traceUrl(simulator, query));
      simulator.world.add({ rows: 40, from: startMs, to: nowMs });
      expect(await collect(simulator, traceUrl(simulator, query))).toHaveLength(340);
    });
  });

  test('two filters are read side by side without disturbing one another', async () => {
    await withSimulator({ pageRows: 10 }, async (simulator) => {
      simulator.world.add({ rows: 50, from: startMs, to: nowMs });
      const [whole, half] = [query, { ...query, $filter: rangeFilter(startMs + hourMs / 2, nowMs) }];
      const first = await readPage(traceUrl(simulator, whole));
      const part = await collect(simulator, traceUrl(simulator, half));
      const rest = await collect(simulator, first.link!);
      expect(new Set([...first.rows, ...rest].map(identity)).size).toBe(50);
      expect(part.length).toBeLessThan(50);
    });
  });
});
