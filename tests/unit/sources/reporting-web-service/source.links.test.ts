import { describe, expect, test } from '@jest/globals';
import { RangeRefusedError } from '../../../../src/errors.js';
import { answer, startLoopback, type Loopback } from '../../../support/loopback.js';
import { row } from '../../../support/records.js';
import { range, readAll, sourceAt, withService } from './service.js';

const path = '/ecp/reportingwebservice/reporting.svc';
const read = (server: Loopback) => readAll(sourceAt(server.origin + path));
const pageOf = (page: number, rows = 2) =>
  Array.from({ length: rows }, (_, index) => row({ MessageTraceId: `page-${page}-row-${index}` }));
const linked = (page: number, link: unknown) => ({ d: { results: pageOf(page), __next: link } });

describe('a link that leads elsewhere is never followed', () => {
  test('the host that the service names gets no request, and the range is refused', async () => {
    const other = await startLoopback((_, response) => answer(response, 200, { d: [] }));
    await withService({ pageRows: 100, foreignOrigin: other.origin }, async ({ simulator, source }) => {
      simulator.world.add({ rows: 250, from: range.start, to: range.end });
      simulator.server.faults.failNext('link-to-another-host');
      const pages = source.pages(range, new AbortController().signal);
      expect((await pages.next()).value?.records).toHaveLength(100);
      const second = pages.next();
      await expect(second).rejects.toThrow(RangeRefusedError);
      await expect(second).rejects.toThrow(other.origin);
      expect(simulator.server.requests.totals.requests).toBe(1);
    });
    expect(other.received).toHaveLength(0);
  });

  test.each([
    ['another host, without a scheme', (origin: string) => origin.replace('http:', '') + '/next'],
    [
      'another host, with back slashes',
      (origin: string) => origin.replace('http:', '').replaceAll('/', '\\') + '\\next',
    ],
    ['another host, after a name and a password', (origin: string) => origin.replace('//', '//127.0.0.1:1@') + '/next'],
  ])('%s', async (_spelling, spell) => {
    const other = await startLoopback((_, response) => answer(response, 200, { d: [] }));
    const server = await startLoopback((_, response) => answer(response, 200, linked(1, spell(other.origin))));
    await expect(read(server)).rejects.toThrow(other.origin);
    expect([server.received.length, other.received.length]).toEqual([1, 0]);
  });

  test.each([
    ['https://127.0.0.1/next', 'https://127.0.0.1'],
    ['ftp://127.0.0.1/next', 'ftp://127.0.0.1'],
    ['file:///etc/passwd', 'null'],
    ['javascript:alert(1)', 'null'],
    ['https://[', 'no address at all'],
  ])('%s', async (link, named) => {
    const server = await startLoopback((_, response) => answer(response, 200, linked(1, link)));
    const reading = read(server);
    await expect(reading).rejects.toThrow(RangeRefusedError);
    await expect(reading).rejects.toThrow(`another host (${named})`);
    expect(server.received).toHaveLength(1);
  });
});

describe('a link is followed on the same host', () => {
  test.each([
    [
      'relative to the request',
      '../../Other.svc/MessageTrace?$skiptoken=2',
      '/ecp/Other.svc/MessageTrace?$skiptoken=2',
    ],
    ['as a path', '/next?$skiptoken=2', '/next?$skiptoken=2'],
    ['as a query', '?$skiptoken=2', `${path}/MessageTrace?$skiptoken=2`],
  ])('%s', async (_spelling, link, target) => {
    const server = await startLoopback((_, response, number) =>
      answer(response, 200, number === 1 ? linked(1, link) : { d: pageOf(2) }),
    );
    expect(await read(server)).toHaveLength(4);
    expect(server.received.at(1)?.target).toBe(target);
  });

  test('relative to its own page, not to the first one', async () => {
    const server = await startLoopback((_, response, number) =>
      answer(response, 200, number < 3 ? linked(number, `deeper/page-${number}`) : { d: pageOf(number) }),
    );
    await read(server);
    expect(server.received.slice(1).map(({ target }) => target)).toEqual([
      `${path}/deeper/page-1`,
      `${path}/deeper/deeper/page-2`,
    ]);
  });
});

describe('a service that does not come to an end is left', () => {
  /** Such a service, but for its end after some more pages than anybody should read. */
  const startEndless = (page: (number: number, firstTarget: string) => object) => {
    let firstTarget: string | undefined;
    return startLoopback(({ target }, response, number) => {
      firstTarget ??= target;
      answer(response, 200, number > 5 ? { d: [] } : page(number, firstTarget));
    });
  };

  test.each([
    ['to the page itself', ['/a', '/a']],
    ['to the page before', ['/a', '/b', '/a']],
    ['to the first page', ['/a', '/b', '{first}']],
  ])('when a link leads %s', async (_where, links) => {
    const server = await startEndless((number, first) =>
      linked(number, links[(number - 1) % links.length]!.replace('{first}', first)),
    );
    const reading = read(server);
    await expect(reading).rejects.toThrow(RangeRefusedError);
    await expect(reading).rejects.toThrow('read already');
    expect(server.received).toHaveLength(links.length);
  });

  test('when it ignores the offset', async () => {
    const server = await startEndless(() => ({ d: pageOf(1, 2000) }));
    const reading = read(server);
    await expect(reading).rejects.toThrow(RangeRefusedError);
    await expect(reading).rejects.toThrow('the same page again');
    expect(server.received).toHaveLength(2);
    expect(server.received[1]!.target).toContain('$skiptoken=1999');
  });

  test('when every link is new but the page is always the same', async () => {
    const server = await startEndless((number) => ({ d: { results: pageOf(1), __next: `?$skiptoken=${number}` } }));
    await expect(read(server)).rejects.toThrow('the same page again');
    expect(server.received).toHaveLength(2);
  });
});

test('a full page is recognised although some of its entries are no rows', async () => {
  const server = await startLoopback((_, response, number) =>
    answer(response, 200, { d: number === 1 ? [null, ...pageOf(1, 1999)] : pageOf(2, 1) }),
  );
  expect(await read(server)).toHaveLength(2000);
  expect(server.received).toHaveLength(2);
});

test('nothing is asked on from a page that is not full', async () => {
  const server = await startLoopback((_, response) => answer(response, 200, { d: pageOf(1, 1999) }));
  expect(await read(server)).toHaveLength(1999);
  expect(server.received).toHaveLength(1);
});
