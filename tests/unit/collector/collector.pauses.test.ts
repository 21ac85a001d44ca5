import { describe, expect, test } from '@jest/globals';
import type { Page, TimeRange } from '../../../src/collector/contracts.js';
import { RangeRefusedError, UnavailableError } from '../../../src/errors.js';
import { pageOf, Stage, type Scripted } from '../../support/collector-stage.js';
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
    const stage = new Stage({ startMs: noon, startTimeMs: hour });
    const overMs = noon + 10 * minute;
    stage.pagesOf = (range) => (stage.clock.trueMs < overMs ? leadsNowhere(range) : [pageOf()]);
    await stage.run(noon + 15 * minute);
    expect(stage.progress.setAside).toBeUndefined();
    expect(stage.monitor.gaps).toEqual([]);
    expect(stage.slept.slice(0, 8).map((ms) => ms / second)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(stage.monitor.troubles[0]).toMatchObject({ matter: 'reading', status: 'degraded' });
    expect(stage.monitor.recoveries.at(-1)).toBe('reading');
    expect(stage.asked.filter(({ atMs }) => atMs < overMs).length).toBeLessThan(40);
  });
});

describe('a service that asks to be left alone', () => {
  test('is asked for live mail first when the pause is over, although old time was being read', async () => {
    const stage = new Stage({ startMs: noon, startTimeMs: 24 * hour });
    const pause = new UnavailableError('Microsoft is busy.', { retryAfterMs: 4 * minute });
    let isRefused = false;
    stage.pagesOf = ({ end }) => {
      // The first question about old time, after some of it was read.
      if (isRefused || end > noon - 12 * hour) return [pageOf()];
      isRefused = true;
      return [pause];
    };
    await stage.run(noon + hour);
    const refusedAt = stage.asked.findIndex(({ range }) => range.end <= noon - 12 * hour);
    const [refused, probe] = stage.asked.slice(refusedAt);
    expect(probe!.atMs - refused!.atMs).toBeGreaterThanOrEqual(4 * minute);
    expect(probe!.range.end).toBeGreaterThan(noon);
    expect(stage.monitor.troubles).toEqual([
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
    const stage = new Stage({ startMs: noon, startTimeMs: hour });
    stage.pageMs = second;
    let isFirst = true;
    stage.pagesOf = () => {
      if (!isFirst) return [pageOf()];
      isFirst = false;
      return Array.from({ length: 600 }, (_, page) => pageOf(rowAt(noon - second - page, `row ${page}`)));
    };
    await stage.run(noon + 11 * minute);
    const lines = stage.log.at('info').filter((line) => line.includes('pages, '));
    // Pages are fetched ahead: the last minute's rows can be delivered before it is over.
    expect([9, 10]).toContain(lines.length);
    expect(lines[0]).toMatch(
      /^Messages received from .* UTC to .* UTC have been read for 1 min: \d+ pages, \d+ rows so far\. Their rows are delivered page by page\.$/,
    );
  });
});

test('a failure is not over because a page comes to be delivered that was fetched before it', async () => {
  const stage = new Stage({ startMs: noon });
  const pages = [1, 2, 3].map((page) => pageOf(rowAt(noon - page * second, `row ${page}`)));
  stage.pagesOf = () => (stage.delivered.length === 0 ? pages : [pageOf()]);
  const recoveriesMeanwhile: string[][] = [];
  stage.beforePage = async (index, { onRetry }) => {
    if (index < 2) return;
    for (let tries = 0; tries < 3; tries += 1) onRetry?.(new UnavailableError('Microsoft is away.'));
    while (!stage.delivered.includes('row 2 Delivered')) await Promise.resolve();
    recoveriesMeanwhile.push([...stage.monitor.recoveries]);
  };
  await stage.run(noon + minute);
  expect(recoveriesMeanwhile).toEqual([[]]);
  expect(stage.monitor.recoveries).toEqual(['reading']);
});

test('an outage is not over because a page of old time is delivered that came before it', async () => {
  const stage = new Stage({ startMs: noon, startTimeMs: hour });
  let isAway = false;
  let hasComeBack = false;
  stage.pagesOf = ({ start }) => {
    if (isAway) return [new UnavailableError('Microsoft is away.')];
    if (start > noon - 20 * minute) return [pageOf()];
    // Two pages of old time: between them fresh mail is due, and Microsoft is away by then.
    return [pageOf(rowAt(noon - 50 * minute, 'old 1')), pageOf(rowAt(noon - 40 * minute, 'old 2'))];
  };
  stage.beforePage = (index) => {
    if (index === 1) {
      isAway = true;
      stage.clock.work(2 * minute);
    }
    return Promise.resolve();
  };
  const recovered = stage.monitor.recovered.bind(stage.monitor);
  stage.monitor.recovered = (matter) => {
    if (!hasComeBack) expect(isAway).toBe(false);
    recovered(matter);
  };
  const sleep = stage.clock.sleep.bind(stage.clock);
  stage.clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (stage.clock.trueMs >= noon + 10 * minute) {
      isAway = false;
      hasComeBack = true;
    }
  };
  await stage.run(noon + 15 * minute);
  expect(stage.monitor.troubles[0]).toMatchObject({ matter: 'reading', status: 'degraded' });
  expect(stage.monitor.recoveries).toEqual(['reading']);
  expect(stage.delivered).toContain('old 2 Delivered');
});
