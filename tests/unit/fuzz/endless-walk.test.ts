import { expect, test } from '@jest/globals';
import { RangeRefusedError } from '../../../src/errors.js';
import { walkPages, type LinkedPage } from '../../../src/sources/page-walk.js';
import { record } from '../../support/records.js';

const firstUrl = new URL('https://service.example/rows');

/** Walks from page to page, and says how many there were before the walk was refused. */
async function walk(pageAt: (number: number) => LinkedPage): Promise<{ pages: number; error: unknown }> {
  let pages = 0;
  const read = () => Promise.resolve(pageAt(pages));
  try {
    for (const walked = walkPages({ service: 'X', firstUrl, read }); (await walked.next()).done !== true;) pages += 1;
  } catch (error) {
    return { pages, error };
  }
  return { pages, error: undefined };
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
  expect(pages).toBe(10_000);
});

test('a link that is longer than any server takes is not followed', async () => {
  const { pages, error } = await walk(() => ({ records: [], unreadable: [], nextLink: `?${'x'.repeat(1_000_000)}` }));
  expect(pages).toBe(1);
  expect(error).toBeInstanceOf(RangeRefusedError);
  expect((error as Error).message.length).toBeLessThan(300);
});
