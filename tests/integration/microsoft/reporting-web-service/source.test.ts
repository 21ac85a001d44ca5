import { describe, expect, test } from '@jest/globals';
import type { ReportingOptions } from '@local/testbed';
import { booked, hour, names, range, readAll, unread } from '../../../support/microsoft/reading.js';
import { withService } from '../../../support/microsoft/reporting-web-service/service.js';

const sizes = (pageRows: number) => [0, 1, pageRows - 1, pageRows, pageRows + 1, 3 * pageRows + 30];

describe('every row of a range is read', () => {
  const dialects = ['odata-2', 'odata-3'] as const;
  const tokens = ['at', 'after'] as const;
  const linked = (['link', 'relative-link'] as const).flatMap((paging) =>
    dialects.flatMap((dialect) =>
      tokens.flatMap((skiptokenStarts) =>
        sizes(100).map((rows) => ({ rows, paging, dialect, skiptokenStarts, pageRows: 100 })),
      ),
    ),
  );
  // Without links a page is known to be full by the number of rows that the real service puts on it.
  const unlinked = [
    ...dialects.map((dialect) => ({ dialect, paging: 'skiptoken' as const, dAsArray: false })),
    { dialect: 'odata-2' as const, paging: 'link' as const, dAsArray: true },
  ].flatMap((options) =>
    tokens.flatMap((skiptokenStarts) => sizes(2000).map((rows) => ({ rows, skiptokenStarts, ...options }))),
  );

  test.each(linked)(
    '$rows rows by $paging in $dialect, tokens starting $skiptokenStarts',
    async ({ rows, ...options }) => {
      await withService(options, async ({ simulator, source }) => {
        simulator.world.add({ rows, from: range.start, to: range.end });
        const read = await readAll(source);
        expect(names(read).sort()).toEqual(booked(simulator.world).sort());
      });
    },
  );

  test.each(unlinked)(
    '$rows rows by $paging in $dialect, d as an array: $dAsArray, tokens starting $skiptokenStarts',
    async ({ rows, ...options }) => {
      await withService(options, async ({ simulator, source }) => {
        simulator.world.add({ rows, from: range.start, to: range.end });
        const read = names(await readAll(source));
        expect([...new Set(read)].sort()).toEqual(booked(simulator.world).sort());
        // The last row of a full page may come once more with the next one.
        expect(read.length - rows).toBeLessThanOrEqual(rows / 2000);
      });
    },
  );

  test('no row is lost between two ranges that adjoin, though one lies on their very bound', async () => {
    const middle = range.start + hour / 2;
    for (const inclusiveBounds of [true, false]) {
      await withService({ inclusiveBounds }, async ({ simulator, source }) => {
        simulator.world.add({ rows: 50, from: range.start, to: range.end });
        simulator.world.add({ rows: 5, from: middle, to: middle + 1 });
        const read = [
          ...(await readAll(source, { start: range.start, end: middle })),
          ...(await readAll(source, { start: middle, end: range.end })),
        ];
        expect(unread(simulator.world, read)).toEqual([]);
      });
    }
  });

  const shifting: Partial<ReportingOptions>[] = [
    { paging: 'link', pageRows: 100 },
    { paging: 'skiptoken', skiptokenStarts: 'at' },
    { paging: 'skiptoken', skiptokenStarts: 'after' },
  ];

  test.each(shifting)('while new rows shift its pages: %j', async (options) => {
    await withService({ stablePages: false, ...options }, async ({ simulator, source }) => {
      const pageRows = options.pageRows ?? 2000;
      simulator.world.add({ rows: 3 * pageRows, from: range.start, to: range.end });
      const before = booked(simulator.world);
      const read: string[] = [];
      let pages = 0;
      for await (const { records } of source.pages(range, new AbortController().signal)) {
        read.push(...names(records));
        if (++pages <= 2) simulator.world.add({ rows: 40, from: range.start, to: range.end });
      }
      expect(before.filter((row) => !read.includes(row))).toEqual([]);
    });
  });
});

test('reading stops at once when it is told to', async () => {
  await withService({ pageRows: 100 }, async ({ simulator, source }) => {
    simulator.world.add({ rows: 250, from: range.start, to: range.end });
    simulator.server.faults.failNext('no-answer', 1, { page: 2 });
    const stop = new AbortController();
    const pages = source.pages(range, stop.signal);
    await pages.next();
    const hanging = simulator.server.requests.next();
    const second = pages.next();
    await hanging;
    stop.abort();
    await expect(second).rejects.toBeDefined();
    expect(simulator.server.requests.totals.requests).toBe(2);
  });
}, 30_000);
