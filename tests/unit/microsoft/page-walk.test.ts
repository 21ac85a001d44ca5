import { describe, expect, test } from '@jest/globals';
import type { Page } from '../../../src/model/ports.js';
import { RangeRefusedError } from '../../../src/model/errors.js';
import { walkPages, type LinkedPage, type PageWalk } from '../../../src/microsoft/paging/page-walk.js';
import { record } from '../../support/records.js';

const firstUrl = new URL('https://api.example:8443/a/b/traces?$filter=x');

function pageOf(number: number, nextLink?: string, rows = 2): LinkedPage {
  const records = Array.from({ length: rows }, (_, index) =>
    record({ MessageTraceId: `page ${number}, row ${index}` }),
  );
  return { records, unreadable: [], nextLink };
}

interface Walked {
  /** The addresses that were asked, in order. */
  readonly asked: readonly string[];
  readonly pages: readonly Page[];
  readonly error: unknown;
}

/** Walks over pages by their number, until the end or until the walk should stop. */
async function walk(page: (number: number) => LinkedPage, more: Partial<PageWalk> = {}): Promise<Walked> {
  const asked: string[] = [];
  const pages: Page[] = [];
  const read = (url: URL) => Promise.resolve(asked.push(url.href) > 20 ? pageOf(0) : page(asked.length));
  try {
    for await (const one of walkPages({ service: 'The service', firstUrl, read, ...more })) pages.push(one);
    return { asked, pages, error: undefined };
  } catch (error) {
    return { asked, pages, error };
  }
}

function expectRefused({ error }: Walked, says: string): void {
  expect(error).toBeInstanceOf(RangeRefusedError);
  expect((error as Error).message).toMatch(/^The service /);
  expect((error as Error).message).toContain(says);
}

test('a page without a link is the last one', async () => {
  const { asked, pages, error } = await walk(() => pageOf(1));
  expect(error).toBeUndefined();
  expect(asked).toEqual([firstUrl.href]);
  expect(pages).toEqual([pageOf(1)]);
});

test('pages are given as they come, in their order, and the first alone is read as the first', async () => {
  const given = [pageOf(1, '?2'), pageOf(2, '?3'), pageOf(3)];
  const first: boolean[] = [];
  const { pages } = await walk(() => pageOf(1), {
    read: (_url, isFirst) => Promise.resolve(given[first.push(isFirst) - 1]!),
  });
  expect(pages).toEqual(given);
  expect(first).toEqual([true, false, false]);
});

test('nothing is read ahead of what is taken', async () => {
  let reads = 0;
  const read = () => Promise.resolve(pageOf(++reads, `?${reads}`));
  const pages = walkPages({ service: 'The service', firstUrl, read });
  await pages.next();
  await pages.return();
  expect(reads).toBe(1);
});

test('a page that cannot be read ends the walk with its error, after the pages before it', async () => {
  const dead = new RangeRefusedError('dead');
  const { pages, error } = await walk((number) => {
    if (number === 3) throw dead;
    return pageOf(number, `?${number}`);
  });
  expect(pages).toHaveLength(2);
  expect(error).toBe(dead);
});

describe('a link is followed on the same host', () => {
  test.each([
    ['absolute', 'https://api.example:8443/elsewhere?$skiptoken=2', 'https://api.example:8443/elsewhere?$skiptoken=2'],
    ['without a scheme', '//api.example:8443/next', 'https://api.example:8443/next'],
    ['relative to the request', '../../Other.svc/next?t=2', 'https://api.example:8443/Other.svc/next?t=2'],
    ['as a path', '/next?$skiptoken=2', 'https://api.example:8443/next?$skiptoken=2'],
    ['as a query', '?$skiptoken=2', 'https://api.example:8443/a/b/traces?$skiptoken=2'],
    ['with a name and a password in it', 'https://eve:pw@api.example:8443/next', 'https://api.example:8443/next'],
    ['with a name in it', '//eve@api.example:8443/next', 'https://api.example:8443/next'],
    ['with a fragment', '/next#fragment', 'https://api.example:8443/next'],
    ['with a host in capitals', 'HTTPS://API.example:8443/next', 'https://api.example:8443/next'],
  ])('%s', async (_spelling, link, target) => {
    const { asked, error } = await walk((number) => (number === 1 ? pageOf(1, link) : pageOf(2)));
    expect(error).toBeUndefined();
    expect(asked.slice(1)).toEqual([target]);
  });

  test('relative to its own page, not to the first one', async () => {
    const { asked } = await walk((number) => pageOf(number, number < 3 ? `deeper/page-${number}` : undefined));
    expect(asked.slice(1)).toEqual([
      'https://api.example:8443/a/b/deeper/page-1',
      'https://api.example:8443/a/b/deeper/deeper/page-2',
    ]);
  });
});

describe('a link that leads elsewhere is never followed', () => {
  test.each([
    ['another host', 'https://attacker.example/next', 'https://attacker.example'],
    ['another host, without a scheme', '//attacker.example/next', 'https://attacker.example'],
    ['another host, with back slashes', '\\\\attacker.example\\next', 'https://attacker.example'],
    ['another host, after the right one', 'https://api.example:8443@attacker.example/', 'https://attacker.example'],
    ['a host whose name goes on', 'https://api.example.attacker.example:8443/', 'https://api.example.attacker.example'],
    ['a host whose name begins earlier', 'https://not-api.example:8443/', 'https://not-api.example:8443'],
    ['another port', 'https://api.example/next', 'https://api.example'],
    ['another scheme', 'http://api.example:8443/next', 'http://api.example:8443'],
    ['another protocol', 'ftp://api.example:8443/next', 'ftp://api.example:8443'],
    ['a file', 'file:///etc/passwd', 'file:'],
    ['a script', 'javascript:alert(1)', 'javascript:'],
    ['data of its own', 'data:text/html,x', 'data:'],
    ['a thing of the same origin that is no page', 'blob:https://api.example:8443/5d3a', 'blob:'],
    ['a thing within a thing', 'blob:blob:https://api.example:8443/5d3a', 'blob:'],
    ['files of the same origin', 'filesystem:https://api.example:8443/temporary/x', 'filesystem:'],
  ])('%s: %s', async (_where, link, named) => {
    const walked = await walk((number) => pageOf(number, link));
    expectRefused(walked, `another host (${named}`);
    expect(walked.asked).toHaveLength(1);
    expect(walked.pages).toHaveLength(1);
  });

  test('nor is one that is no address', async () => {
    const walked = await walk((number) => pageOf(number, 'https://['));
    expectRefused(walked, 'a page that is no address');
    expect(walked.asked).toHaveLength(1);
  });

  test('nor is one of a later page', async () => {
    const walked = await walk((number) => pageOf(number, number < 3 ? `?${number}` : 'https://attacker.example/'));
    expectRefused(walked, 'https://attacker.example');
    expect(walked.asked).toHaveLength(3);
  });
});

describe('a service that does not come to an end is left', () => {
  test.each([
    ['to the page itself', ['/a', '/a']],
    ['to the page before', ['/a', '/b', '/a']],
    ['to the first page', ['/a', '/b', firstUrl.href]],
    ['to the same page under another name', ['/a', 'https://eve:pw@api.example:8443/a']],
    ['to the same page with another fragment', ['/a#1', '/a#2']],
  ])('when a link leads %s', async (_where, links) => {
    const walked = await walk((number) => pageOf(number, links[(number - 1) % links.length]));
    expectRefused(walked, 'a page that was read already');
    expect(walked.asked).toHaveLength(links.length);
  });

  test('when every link is new but the page is always the same', async () => {
    const walked = await walk((number) => pageOf(1, `?$skiptoken=${number}`));
    expectRefused(walked, 'the same page again and again');
    expect(walked.asked).toHaveLength(2);
    expect(walked.pages).toHaveLength(1);
  });

  test('but not because empty pages follow one another', async () => {
    const { asked, error } = await walk((number) => pageOf(number, number < 4 ? `?${number}` : undefined, 0));
    expect(error).toBeUndefined();
    expect(asked).toHaveLength(4);
  });
});

describe('where to go on from a page without a link', () => {
  const withoutLink = (_page: LinkedPage, rowsSoFar: number) => new URL(`?from=${rowsSoFar}`, firstUrl);

  test('is told by whoever knows, by all the entries so far, whether they are rows or not', async () => {
    const pages = [pageOf(1), { ...pageOf(2), unreadable: [null] }, pageOf(3)];
    const { asked } = await walk((number) => pages[number - 1]!, {
      withoutLink: (page, rows) => (page === pages[2] ? undefined : withoutLink(page, rows)),
    });
    expect(asked.slice(1).map((href) => new URL(href).search)).toEqual(['?from=2', '?from=5']);
  });

  test('is not asked about a page that has a link', async () => {
    const withoutLinks: LinkedPage[] = [];
    const { asked } = await walk((number) => pageOf(number, number === 1 ? '?linked' : undefined), {
      withoutLink: (page) => void withoutLinks.push(page),
    });
    expect(asked.slice(1).map((href) => new URL(href).search)).toEqual(['?linked']);
    expect(withoutLinks).toEqual([pageOf(2)]);
  });

  test('is no place to go on from for ever: a service that ignores it is left', async () => {
    const walked = await walk(() => pageOf(1), { withoutLink });
    expectRefused(walked, 'the same page again and again');
    expect(walked.asked).toHaveLength(2);
  });
});
