import { describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '../../../src/model/ports.js';
import { RangeRefusedError } from '../../../src/model/errors.js';
import type { DetourOptions } from '../../../src/microsoft/paging/detours.js';
import { walkPages, type LinkedPage, type PageWalk } from '../../../src/microsoft/paging/page-walk.js';
import { record } from '../../support/records.js';

const firstUrl = new URL('https://service.example/rows');

/** Walks from page to page, and says how many there were before the walk was refused. */
async function walk(
  pageAt: (number: number) => LinkedPage,
  more: Partial<PageWalk> = {},
): Promise<{ pages: number; queries: number; error: unknown }> {
  let [pages, queries] = [0, 0];
  const read = (_url: URL, isFirst: boolean) => {
    if (isFirst) queries += 1;
    return Promise.resolve(pageAt(pages));
  };
  try {
    for (const walked = walkPages({ service: 'X', firstUrl, read, ...more }); (await walked.next()).done !== true;)
      pages += 1;
  } catch (error) {
    return { pages, queries, error };
  }
  return { pages, queries, error: undefined };
}

test('a service that leads from one empty page to the next for ever is not followed', async () => {
  const { pages, error } = await walk((number) => ({ records: [], unreadable: [], nextLink: `?page=${number + 1}` }));
  expect(error).toBeInstanceOf(RangeRefusedError);
  expect(pages).toBeLessThan(1000);
});

test('empty pages between others are', async () => {
  const isLast = (number: number) => number === 500;
  const { pages, error } = await walk((number) => ({
    records: number % 50 === 0 ? [record({ MessageTraceId: `row-${number}` })] : [],
    unreadable: [],
    nextLink: isLast(number) ? undefined : `?page=${number + 1}`,
  }));
  expect({ pages, error }).toEqual({ pages: 501, error: undefined });
});

test('a service that always has one more page is not followed for ever', async () => {
  const { pages, error } = await walk((number) => ({
    records: [record({ MessageTraceId: `row-${number}` })],
    unreadable: [],
    nextLink: `?page=${number + 1}`,
  }));
  expect(error).toBeInstanceOf(RangeRefusedError);
  expect(pages).toBe(1_000);
});

test('a link that is longer than any server takes is not followed', async () => {
  const { pages, error } = await walk(() => ({ records: [], unreadable: [], nextLink: `?${'x'.repeat(1_000_000)}` }));
  expect(pages).toBe(1);
  expect(error).toBeInstanceOf(RangeRefusedError);
  expect((error as Error).message.length).toBeLessThan(300);
});

describe('in a service whose queries and order are known', () => {
  const end = Date.parse('2026-03-01T12:00:00Z');
  const range = { start: end - 86_400_000, end };
  const detours: DetourOptions = {
    range,
    endAt: ({ receivedMs = NaN }) => receivedMs + 1,
    query: (part) => new URL(`?until=${part.end}`, firstUrl),
  };
  const rowAt = (receivedMs: number, id: string) =>
    record({ MessageTraceId: id, Received: new Date(receivedMs).toISOString() });
  const pageWith = (number: number, ...records: TraceRecord[]): LinkedPage => ({
    records,
    unreadable: [],
    nextLink: `?page=${number + 1}`,
  });

  test.each<[string, (number: number) => LinkedPage]>([
    ['the same rows in another order', (n) => pageWith(n, ...[rowAt(end - 1, 'a'), rowAt(end - 2, 'b')].slice(n % 2))],
    ['other rows of the same time', (n) => pageWith(n, rowAt(end - 1, `row ${n}`))],
    ['rows that lie outside of the range', (n) => pageWith(n, rowAt(range.start - 5_000 - n, `row ${n}`))],
    ['rows of the future', (n) => pageWith(n, rowAt(range.end + 5_000 + n, `row ${n}`))],
    ['rows without a time', (n) => pageWith(n, record({ MessageTraceId: `row ${n}`, Received: 'soon' }))],
    ['nothing', (n) => pageWith(n)],
  ])(
    'pages without an end that hold %s are left after some hundred, and by a probe after some ten [F-06]',
    async (_, pageAt) => {
      const { pages, error } = await walk(pageAt, { detours });
      expect(error).toBeInstanceOf(RangeRefusedError);
      expect(pages).toBeLessThan(250);
      const probe = await walk(pageAt, { detours, isProbe: true });
      expect(probe.error).toBeInstanceOf(RangeRefusedError);
      expect(probe.pages).toBeLessThan(30);
    },
  );

  test('rows that go back in time without an end are read by query after query, up to a bound', async () => {
    let last = end;
    const { pages, queries, error } = await walk(
      (n) => {
        const previous = last;
        last -= 1;
        return pageWith(n, rowAt(previous, `row ${previous}`), rowAt(last, `row ${last}`));
      },
      { detours },
    );
    expect({ pages, queries }).toEqual({ pages: 9_999, queries: 10 });
    expect((error as Error).message).toBe('X gave 10000 pages without an end.');
  });

  test('a range of many pages is read to its end', async () => {
    const { pages, error } = await walk(
      (n) => ({ ...pageWith(n, rowAt(end - n * 1_000, `row ${n}`)), ...(n === 900 && { nextLink: undefined }) }),
      { detours },
    );
    expect({ pages, error }).toEqual({ pages: 901, error: undefined });
  });
});
