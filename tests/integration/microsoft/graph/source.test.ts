import { describe, expect, test } from '@jest/globals';
import type { MailRow, MailWorld } from '@local/testbed';
import { PlanAgainError, RangeRefusedError } from '../../../../src/model/errors.js';
import { respond, startLoopback } from '../../../support/loopback.js';
import { booked, hour, names, presentMs, range, readAll, unread } from '../../../support/microsoft/reading.js';
import { item } from '../../../support/microsoft/graph/items.js';
import { organization, sourceAt, withService } from '../../../support/microsoft/graph/service.js';

const day = 24 * hour;
/**
 * Rows that show their first status for an hour at least: some of them are of a status that Graph does not document.
 */
const unsettled = { changingShare: 1, changeSeconds: [3600, 7200] } as const;

describe('every row of a range is read', () => {
  const short = [0, 1, 99, 100, 101, 330].map((rows) => ({ rows, pageRows: 100 }));
  const full = [4999, 5000, 5001, 10_030].map((rows) => ({ rows, pageRows: 5000 }));

  test.each([...short, ...full])('$rows rows on pages of $pageRows', async ({ rows, pageRows }) => {
    await withService({ pageRows }, async ({ simulator, source }) => {
      simulator.world.add({ rows, from: range.start, to: range.end });
      expect(names(await readAll(source)).sort()).toEqual(booked(simulator.world).sort());
      expect(simulator.graph.requests.totals.requests).toBe(Math.max(1, Math.ceil(rows / pageRows)));
    });
  });

  test.each([100, 5000])('while new rows appear between its pages of %i', async (pageRows) => {
    await withService({ pageRows }, async ({ simulator, source }) => {
      simulator.world.add({ rows: 3 * pageRows, from: range.start, to: range.end });
      const before = booked(simulator.world);
      const read: string[] = [];
      let pages = 0;
      for await (const { records } of source.pages(range, new AbortController().signal)) {
        read.push(...names(records));
        if (++pages <= 2) simulator.world.add({ rows: 40, from: range.start, to: range.end });
      }
      const found = new Set(read);
      expect(before.filter((row) => !found.has(row))).toEqual([]);
    });
  });

  test('also those that lie on its very bounds', async () => {
    const middle = range.start + hour / 2;
    await withService({}, async ({ simulator, source }) => {
      for (const at of [range.start, middle, range.end]) simulator.world.add({ rows: 5, from: at, to: at + 1 });
      expect(unread(simulator.world, await readAll(source))).toEqual([]);
      // One that lies between two ranges is read with both.
      const first = await readAll(source, { start: range.start, end: middle });
      const second = await readAll(source, { start: middle, end: range.end });
      expect([first.length, second.length]).toEqual([10, 10]);
    });
  });

  test('and no other', async () => {
    await withService({}, async ({ simulator, source }) => {
      simulator.world.add({ rows: 50, from: range.start - hour, to: range.start });
      expect(await readAll(source)).toEqual([]);
    });
  });

  test('a message to fifty people is fifty rows of one trace id, though a page ends among them', async () => {
    await withService({ pageRows: 40 }, async ({ simulator, source }) => {
      simulator.world.add({ rows: 4000, from: range.start, to: range.end });
      const max = maxMessage(simulator.world);
      const read = (await readAll(source)).filter(({ traceId }) => traceId === max);
      expect(read).toHaveLength(50);
      expect(new Set(read.map(({ recipient }) => recipient)).size).toBe(50);
    });
  });
});

/** The trace id that the most rows have. */
function maxMessage(world: MailWorld): string | undefined {
  const rows = new Map<string, number>();
  for (const { traceId } of world.visibleRows(presentMs)) rows.set(traceId, (rows.get(traceId) ?? 0) + 1);
  return [...rows].sort(([, one], [, other]) => other - one)[0]?.[0];
}

describe('every field of a row is read', () => {
  const spellings = {
    camelCase: (status: string) => status.charAt(0).toLowerCase() + status.slice(1),
    PascalCase: (status: string) => status,
    UPPERCASE: (status: string) => status.toUpperCase(),
  };
  const variants = (['camelCase', 'PascalCase', 'UPPERCASE'] as const).flatMap((statusSpelling) =>
    [true, false].map((sevenFractionDigits) => ({ statusSpelling, sevenFractionDigits })),
  );

  test.each(variants)('%j', async (options) => {
    await withService({ pageRows: 200, ...options }, async ({ simulator: { world }, source }) => {
      world.add({ rows: 500, from: range.start, to: range.end, ...unsettled });
      const keys = world.select({ fromMs: range.start, toMs: range.end, inclusive: true }, presentMs);
      const rows = Array.from(keys, (key) => world.row(key, presentMs)).sort(inOrder(options));
      const expected = rows.map((row) => ({
        dialect: 'graph',
        traceId: row.traceId,
        recipient: row.recipient,
        sender: row.sender,
        status: spellings[options.statusSpelling](row.status),
        received: microseconds(row.receivedMs, options.sevenFractionDigits ? row.receivedTicks : 0),
        receivedMs: row.receivedMs,
        messageId: row.messageId ?? undefined,
        subject: row.subject === '' ? undefined : (row.subject ?? undefined),
        size: row.size,
        fromIp: row.fromIp ?? undefined,
        toIp: row.toIp ?? undefined,
        organization,
        start: '2022-07-25T12:00:00.000000Z',
        end: '2022-07-25T13:00:00.000000Z',
      }));
      const read = await readAll(source);
      expect(read).toStrictEqual(expected.map((fields) => ({ ...fields, raw: expect.any(Object) })));
      // These are rows worth comparing.
      expect(read.some(({ fromIp }) => fromIp === undefined) && read.some(({ toIp }) => toIp !== undefined)).toBe(true);
    });
  });

  /** Newest first by the time that is shown, and at the same time by recipient. */
  function inOrder({ sevenFractionDigits }: { sevenFractionDigits: boolean }) {
    const ticks = ({ receivedTicks }: MailRow) => (sevenFractionDigits ? receivedTicks : 0);
    return (one: MailRow, other: MailRow) =>
      other.receivedMs - one.receivedMs ||
      ticks(other) - ticks(one) ||
      (one.recipient.toLowerCase() < other.recipient.toLowerCase() ? -1 : 1);
  }

  /** With six of the seven fraction digits that a number of 100 nanoseconds on top of the milliseconds makes. */
  function microseconds(ms: number, ticks: number): string {
    const digits = String(ticks).padStart(4, '0').slice(0, 3);
    return new Date(ms).toISOString().replace('Z', `${digits}Z`);
  }

  test('also a status that is not in the documented list', async () => {
    await withService({}, async ({ simulator, source }) => {
      simulator.world.add({ rows: 500, from: range.start, to: range.end, ...unsettled });
      simulator.world.add({ rows: 500, from: range.start, to: range.end });
      const statuses = new Set((await readAll(source)).map(({ status }) => status));
      expect([...statuses]).toEqual(expect.arrayContaining(['none', 'resolved']));
      expect(statuses).not.toContain('unknownFutureValue');
    });
  });
});

describe('its limits are those of the service', () => {
  test('a range may be as wide as they say', async () => {
    await withService({}, async ({ simulator, source }) => {
      const start = presentMs - source.limits.rangeMs;
      simulator.world.add({ rows: 50, from: start, to: presentMs });
      expect(unread(simulator.world, await readAll(source, { start, end: presentMs }))).toEqual([]);
      await expect(readAll(source, { start: start - 1000, end: presentMs })).rejects.toThrow(RangeRefusedError);
    });
  });

  test('a range may begin as long ago as they say', async () => {
    await withService({}, async ({ simulator, source }) => {
      const start = presentMs - source.limits.historyMs!;
      simulator.world.add({ rows: 50, from: start, to: start + day });
      expect(unread(simulator.world, await readAll(source, { start, end: start + day }))).toEqual([]);
      await expect(readAll(source, { start: start - 1000, end: start + day })).rejects.toMatchObject({
        name: 'OutOfReachError',
        historyMs: source.limits.historyMs,
      });
    });
  });

  test('a page holds no more rows than they say', async () => {
    await withService({}, async ({ simulator, source }) => {
      simulator.world.add({ rows: source.limits.pageRows + 1, from: range.start, to: range.end });
      const { value: first } = await source.pages(range, new AbortController().signal).next();
      expect(first?.records).toHaveLength(source.limits.pageRows);
    });
  });
});

test('a range that ends in the future of the service is planned again, not asked for again', async () => {
  await withService({ clockOffsetMs: -2000 }, async ({ simulator, source }) => {
    await expect(readAll(source)).rejects.toThrow(PlanAgainError);
    expect(simulator.graph.requests.totals.requests).toBe(1);
    expect(await readAll(source, { start: range.start, end: range.end - 2000 })).toEqual([]);
  });
});

test('a link may be relative, is followed as it is spelled, and with the headers of the first page', async () => {
  const server = await startLoopback((_, response, number) =>
    respond(response, 200, {
      value: [item({ id: `page ${number}` })],
      ...(number === 1 && { '@odata.nextLink': "messageTraces?$filter=a%20b&$skiptoken='c+d/'" }),
    }),
  );
  const authorization = { header: () => Promise.resolve('Bearer x'), discard: () => false };
  expect(await readAll(sourceAt(`${server.origin}/v1.0`, authorization))).toHaveLength(2);
  expect(server.received.at(1)?.target).toMatch(
    /^\/v1\.0\/admin\/exchange\/tracing\/messageTraces\?\$filter=a%20b&\$skiptoken=('|%27)c\+d\/('|%27)$/,
  );
  for (const { headers } of server.received)
    expect(headers).toMatchObject({ authorization: 'Bearer x', prefer: 'include-unknown-enum-members' });
});

test('reading stops at once when it is told to', async () => {
  await withService({ pageRows: 100 }, async ({ simulator, source }) => {
    simulator.world.add({ rows: 250, from: range.start, to: range.end });
    simulator.graph.faults.failNext('no-answer', 1, { page: 2 });
    const stop = new AbortController();
    const pages = source.pages(range, stop.signal);
    await pages.next();
    const hanging = simulator.graph.requests.next();
    const second = pages.next();
    await hanging;
    stop.abort();
    await expect(second).rejects.toBeDefined();
    expect(simulator.graph.requests.totals.requests).toBe(2);
  });
}, 30_000);
