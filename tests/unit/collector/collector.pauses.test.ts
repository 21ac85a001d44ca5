import { describe, expect, test } from '@jest/globals';
import type { Page, TimeRange } from '../../../src/model/ports.js';
import { RangeRefusedError, UnavailableError } from '../../../src/model/errors.js';
import { pageOf, TestBed, type Scripted } from '../../support/collector-test-bed.js';
import { record } from '../../support/records.js';

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const noon = Date.UTC(2026, 10, 1, 12);
const rowAt = (receivedMs: number, id: string) =>
  record({ MessageTraceId: id, Received: `/Date(${receivedMs})/`, Status: 'Delivered' });

describe('a service whose first pages are good and lead nowhere', () => {
  /** As a foreign link, an empty page or a circle on every page is seen from here. */
  const leadsNowhere = ({ start }: TimeRange): Scripted<Page> => [
    pageOf(rowAt(start, `row of ${start}`)),
    new RangeRefusedError('Each link leads nowhere.'),
  ];

  test('is an outage: nothing is set aside, the waits grow, and all is read when it is over [F-05]', async () => {
    const testBed = new TestBed({ startMs: noon, startTimeMs: hour });
    const overMs = noon + 10 * minute;
    testBed.pagesOf = (range) => (testBed.clock.trueMs < overMs ? leadsNowhere(range) : [pageOf()]);
    await testBed.run(noon + 15 * minute);
    expect(testBed.progress.setAside).toBeUndefined();
    expect(testBed.monitor.gaps).toEqual([]);
    expect(testBed.slept.slice(0, 8).map((ms) => ms / second)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(testBed.monitor.troubles[0]).toMatchObject({ matter: 'reading', status: 'degraded' });
    expect(testBed.monitor.recoveries.at(-1)).toBe('reading');
    expect(testBed.asked.filter(({ atMs }) => atMs < overMs).length).toBeLessThan(40);
  });
});

describe('a service that asks to be left alone', () => {
  test('is asked for live mail first when the pause is over, although old time was being read', async () => {
    const testBed = new TestBed({ startMs: noon, startTimeMs: 24 * hour });
    const pause = new UnavailableError('Microsoft is busy.', { retryAfterMs: 4 * minute });
    let isRefused = false;
    testBed.pagesOf = ({ end }) => {
      // The first question about old time, after some of it was read.
      if (isRefused || end > noon - 12 * hour) return [pageOf()];
      isRefused = true;
      return [pause];
    };
    await testBed.run(noon + hour);
    const refusedAt = testBed.asked.findIndex(({ range }) => range.end <= noon - 12 * hour);
    const [refused, probe] = testBed.asked.slice(refusedAt);
    expect(probe!.atMs - refused!.atMs).toBeGreaterThanOrEqual(4 * minute);
    expect(probe!.range.end).toBeGreaterThan(noon);
    expect(testBed.monitor.troubles).toEqual([
      {
        matter: 'reading',
        status: 'degraded',
        reason: expect.stringMatching(
          /^Microsoft is busy\. It asks for a pause: the next request is made at .* UTC\.$/,
        ),
      },
    ]);
  });
});

describe('a range of many pages', () => {
  test('is reported once a minute while it is read [F-06]', async () => {
    const testBed = new TestBed({ startMs: noon, startTimeMs: hour });
    testBed.pageMs = second;
    let isFirst = true;
    testBed.pagesOf = () => {
      if (!isFirst) return [pageOf()];
      isFirst = false;
      return Array.from({ length: 600 }, (_, page) => pageOf(rowAt(noon - second - page, `row ${page}`)));
    };
    await testBed.run(noon + 11 * minute);
    const lines = testBed.log.at('info').filter((line) => line.includes('pages, '));
    // Pages are fetched ahead: the last minute's rows can be delivered before it is over.
    expect([9, 10]).toContain(lines.length);
    expect(lines[0]).toMatch(
      /^Messages received from .* UTC to .* UTC have been read for 1 min: \d+ pages, \d+ rows so far\. Their rows are delivered page by page\.$/,
    );
  });
});

test('a failure is not over because a page comes to be delivered that was fetched before it', async () => {
  const testBed = new TestBed({ startMs: noon });
  const pages = [1, 2, 3].map((page) => pageOf(rowAt(noon - page * second, `row ${page}`)));
  testBed.pagesOf = () => (testBed.delivered.length === 0 ? pages : [pageOf()]);
  const recoveriesMeanwhile: string[][] = [];
  testBed.beforePage = async (index, { onRetry }) => {
    if (index < 2) return;
    for (let tries = 0; tries < 3; tries += 1) onRetry?.(new UnavailableError('Microsoft is away.'));
    while (!testBed.delivered.includes('row 2 Delivered')) await Promise.resolve();
    recoveriesMeanwhile.push([...testBed.monitor.recoveries]);
  };
  await testBed.run(noon + minute);
  expect(recoveriesMeanwhile).toEqual([[]]);
  expect(testBed.monitor.recoveries).toEqual(['reading']);
});

test('an outage is not over because a page of old time is delivered that came before it', async () => {
  const testBed = new TestBed({ startMs: noon, startTimeMs: hour });
  let isAway = false;
  let hasComeBack = false;
  testBed.pagesOf = ({ start }) => {
    if (isAway) return [new UnavailableError('Microsoft is away.')];
    if (start > noon - 20 * minute) return [pageOf()];
    // Two pages of old time: between them fresh mail is due, and Microsoft is away by then.
    return [pageOf(rowAt(noon - 50 * minute, 'old 1')), pageOf(rowAt(noon - 40 * minute, 'old 2'))];
  };
  testBed.beforePage = (index) => {
    if (index === 1) {
      isAway = true;
      testBed.clock.work(2 * minute);
    }
    return Promise.resolve();
  };
  const recovered = testBed.monitor.recovered.bind(testBed.monitor);
  testBed.monitor.recovered = (matter) => {
    if (!hasComeBack) expect(isAway).toBe(false);
    recovered(matter);
  };
  const sleep = testBed.clock.sleep.bind(testBed.clock);
  testBed.clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (testBed.clock.trueMs >= noon + 10 * minute) {
      isAway = false;
      hasComeBack = true;
    }
  };
  await testBed.run(noon + 15 * minute);
  expect(testBed.monitor.troubles[0]).toMatchObject({ matter: 'reading', status: 'degraded' });
  expect(testBed.monitor.recoveries).toEqual(['reading']);
  expect(testBed.delivered).toContain('old 2 Delivered');
});
