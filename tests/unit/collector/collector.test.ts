import { describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '../../../src/model/ports.js';
import { lowWatermark } from '../../../src/model/progress.js';
import {
  NotReadyError,
  OutOfReachError,
  PlanAgainError,
  RangeRefusedError,
  SettingsError,
  StorageError,
  UnavailableError,
} from '../../../src/model/errors.js';
import { chunksOf, pageOf, TestBed } from '../../support/collector-test-bed.js';
import { record } from '../../support/records.js';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const noon = Date.UTC(2026, 10, 1, 12);

const rowAt = (receivedMs: number, id: string): TraceRecord =>
  record({ MessageTraceId: id, Received: `/Date(${receivedMs})/`, Status: 'Delivered' });
/** Received in the minute before noon, which is what a first start of these tests reads. */
const row = (id: string) => rowAt(noon - 30 * second, id);
const widthsOf = (asked: TestBed['asked']) => asked.map(({ range }) => (range.end - range.start) / second);
const away = new UnavailableError('Microsoft is away.');

function testBedOf(options: Partial<ConstructorParameters<typeof TestBed>[0]> = {}): TestBed {
  return new TestBed({ startMs: noon, ...options });
}

/** What the first reading meets, and what each later one. */
function firstThen<Response>(first: Response, later: Response): () => Response {
  let isFirst = true;
  return () => {
    const response = isFirst ? first : later;
    isFirst = false;
    return response;
  };
}

describe('a range', () => {
  test('is delivered chunk by chunk, each remembered before the next, and counts as read only at its end', async () => {
    const testBed = testBedOf();
    testBed.pagesOf = () => [pageOf(row('a'), row('b'), row('c')), pageOf(row('d'))];
    testBed.receiptsFor = chunksOf(2);
    await testBed.run(noon + second);
    expect(testBed.journal).toEqual([
      'save',
      'ask 0 of 11:59:00–12:00:00',
      'ask 1 of 11:59:00–12:00:00',
      'deliver a Delivered, b Delivered',
      'remember 2',
      'deliver c Delivered',
      'remember 1',
      'deliver d Delivered',
      'remember 1',
      'save',
    ]);
    expect(lowWatermark(testBed.progress)).toBe(noon);
    const range = { start: noon - minute, end: noon };
    expect(testBed.monitor.ranges).toEqual([{ pass: 0, fresh: true, range, pages: 2, rows: 4 }]);
    expect(testBed.monitor.readings).toEqual([expect.objectContaining({ pass: 0, range }), undefined]);
  });

  test('that fails in the middle is read again, and what was delivered of it is not repeated', async () => {
    const testBed = testBedOf();
    testBed.pagesOf = firstThen([pageOf(row('a'), row('b')), away], [pageOf(row('a'), row('b')), pageOf(row('c'))]);
    await testBed.run(noon + 3 * second);
    expect(testBed.journal).toEqual([
      'save',
      'ask 0 of 11:59:00–12:00:00',
      'ask 1 of 11:59:00–12:00:00',
      'deliver a Delivered, b Delivered',
      'remember 2',
      'ask 0 of 11:59:00–12:00:01',
      'ask 1 of 11:59:00–12:00:01',
      'deliver c Delivered',
      'remember 1',
      'save',
    ]);
    expect(testBed.slept[0]).toBe(second);
    expect(testBed.monitor.pages.map(({ repeats }) => repeats)).toEqual([0, 2, 0]);
  });

  test('is read again after a restart when it was aborted in the middle, and what was delivered of it is not repeated', async () => {
    const testBed = testBedOf();
    testBed.pagesOf = () => [pageOf(row('a')), pageOf(), pageOf(row('b'))];
    const remember = testBed.buckets.write.bind(testBed.buckets);
    testBed.buckets.write = (...parts) => {
      testBed.stop();
      return remember(...parts);
    };
    await testBed.run(Infinity);
    expect(testBed.delivered).toEqual(['a Delivered']);
    expect(testBed.document.written).toMatchObject([{ most_recent_date_requested: '2026-11-01T11:59:00Z' }]);

    testBed.buckets.write = remember;
    await testBed.run(testBed.clock.trueMs + 2 * second);
    expect(testBed.delivered).toEqual(['a Delivered', 'b Delivered']);
    expect(lowWatermark(testBed.progress)).toBeGreaterThanOrEqual(noon);
  });

  test('counts from the instant at which its reading began, however long it took', async () => {
    const testBed = testBedOf({ startTimeMs: 10 * minute, late_window: 5 });
    testBed.pageMs = minute;
    testBed.pagesOf = firstThen([pageOf(), pageOf(), pageOf()], [away]);
    await testBed.run(noon + 4 * minute);
    // Passes at the ages 0, 4 and 5 minutes.
    expect(testBed.progress.watermarks.map((it) => (it - noon) / minute)).toEqual([0, -4, -5]);
  });
});

describe('a range that is refused', () => {
  const refused = new RangeRefusedError('The query was refused.');

  test('is read in halves until they are accepted, with a warning that names its bounds, and nothing is left out [F-08]', async () => {
    const testBed = testBedOf();
    testBed.pagesOf = ({ start, end }) => (end - start > 10 * second ? [refused] : [pageOf()]);
    await testBed.run(noon + 30 * second);
    // A second of other time tells that the service answers.
    expect(widthsOf(testBed.asked)).toEqual([60, 1, 30, 15, 8, 7, 15, 8, 7, 30, 15, 8, 7, 15, 8, 7]);
    expect(lowWatermark(testBed.progress)).toBeGreaterThanOrEqual(noon);
    expect(testBed.log.at('warning')).toEqual([
      'The query was refused. Other times can be read, so the cause lies between 2026-11-01 11:59:00 UTC and 2026-11-01 12:00:00 UTC: that range is now read in smaller parts. No data is lost. [MT-RANGE-REFUSED]',
    ]);
    expect(testBed.monitor.progress.at(-1)!.setAside).toBeUndefined();
  });

  test.each([
    ['a refusal', refused],
    ['an error of the service', new UnavailableError('Error while processing response.', { mayBeTheRange: true })],
    ['a limit that is not believed', new OutOfReachError('It is out of reach.', 10 * day)],
  ])(
    'because of one second is read but for that second, which is an error, tried rarely, and read as soon as it can be: %s',
    async (_, error) => {
      const testBed = testBedOf({ startTimeMs: hour, late_window: 1440 });
      const poison = noon - 30 * minute;
      const readableFrom = noon + 3 * hour;
      const tried: number[] = [];
      testBed.pagesOf = ({ start, end }) => {
        if (start > poison || end <= poison) return [pageOf(rowAt(start, `row of ${start}`))];
        if (testBed.clock.trueMs >= readableFrom) return [pageOf(rowAt(poison, 'late'))];
        if (end - start === second) tried.push(testBed.clock.trueMs);
        return [error];
      };
      await testBed.run(noon + 30 * minute);
      const [aside] = testBed.progress.setAside ?? [];
      expect([aside?.start, aside?.end]).toEqual([poison, poison + second]);
      expect(testBed.log.at('error')).toEqual([
        expect.stringMatching(
          /^Messages received from 2026-11-01 11:30:00 UTC to 2026-11-01 11:30:01 UTC cannot be read: .*\[MT-SET-ASIDE\]$/,
        ),
      ]);
      expect(lowWatermark(testBed.progress)).toBeGreaterThanOrEqual(noon + 28 * minute);
      await testBed.run(noon + 12 * hour);
      expect(testBed.delivered.filter((row) => row === 'late Delivered')).toHaveLength(1);
      expect(testBed.progress.setAside).toBeUndefined();
      expect(testBed.monitor.gaps).toEqual([]);
      // Once or twice when it was found, then after 15 minutes and after an hour.
      expect(tried.length).toBeLessThanOrEqual(5);
      expect(testBed.log.at('critical')).toEqual([]);
    },
  );

  test('because of one second for a day is given up as a gap with its reason, and nothing else is late meanwhile [F-08]', async () => {
    const testBed = testBedOf({ startTimeMs: hour, late_window: 1440 });
    const poison = noon + 10 * minute;
    const polls: number[] = [];
    testBed.pagesOf = ({ start, end }) => {
      if (start <= poison && poison < end) return [refused];
      if (end > testBed.clock.trueMs - 2 * minute) polls.push(testBed.clock.trueMs);
      return [pageOf()];
    };
    await testBed.run(noon + 48 * hour);
    expect(testBed.monitor.gaps).toEqual([{ start: poison, end: poison + second }]);
    expect(testBed.log.at('error').at(-1)).toMatch(
      /could not be read for a day and are given up: The query was refused\..*\[MT-GAP\]$/,
    );
    const pauses = polls.slice(1).map((atMs, index) => atMs - polls[index]!);
    expect(Math.max(...pauses)).toBeLessThan(2 * minute);
    expect(testBed.asked.length / 48).toBeLessThan(75);
  });

  test('because of half a minute is read but for that, at a bounded cost', async () => {
    const testBed = testBedOf({ startTimeMs: 10 * hour });
    const [from, to] = [noon - 5 * hour, noon - 5 * hour + 30 * second];
    testBed.pagesOf = ({ start, end }) => (start < to && end > from ? [refused] : [pageOf()]);
    await testBed.run(noon + 10 * minute);
    // What the search left as it was is looked at again when it is tried again.
    expect(testBed.asked.length).toBeLessThan(160);
    await testBed.run(noon + 30 * minute);
    const asides = testBed.progress.setAside ?? [];
    expect(Math.min(...asides.map(({ start }) => start))).toBe(from);
    expect(Math.max(...asides.map(({ end }) => end))).toBe(to);
    expect(testBed.progress.ahead).toBeUndefined();
  });

  test.each([75 * minute, 10 * hour])(
    'while all time is refused for %i ms says nothing about the range: it is an outage, without gaps or halves',
    async (durationMs) => {
      const testBed = testBedOf({ late_window: 1440 });
      const [from, to] = [noon + hour, noon + hour + durationMs];
      testBed.pagesOf = () => [testBed.clock.trueMs >= from && testBed.clock.trueMs < to ? refused : pageOf()];
      await testBed.run(to - minute);
      expect(testBed.monitor.statuses.at(-1)).toBe('degraded');
      expect(testBed.log.at('error')).toHaveLength(1);
      await testBed.run(to + 10 * minute);
      expect(testBed.monitor.gaps).toEqual([]);
      expect(testBed.progress.setAside).toBeUndefined();
      expect(testBed.log.at('critical')).toEqual([]);
      expect(lowWatermark(testBed.progress)).toBeGreaterThanOrEqual(to + 7 * minute);
      const during = testBed.asked.filter(({ atMs }) => atMs >= from && atMs < to);
      expect(during.length / (durationMs / hour)).toBeLessThan(90);
    },
  );

  test('while the service goes away is neither set aside nor given up', async () => {
    const testBed = testBedOf({ startTimeMs: hour });
    let responses = 0;
    testBed.pagesOf = ({ end }) => {
      responses += 1;
      if (end > noon) return [pageOf()];
      // The range is refused, other time is answered once, and then nothing is.
      return [responses <= 40 && responses !== 2 ? refused : pageOf()];
    };
    await testBed.run(noon + 30 * minute);
    expect(testBed.progress.setAside).toBeUndefined();
    expect(testBed.progress.ahead).toBeUndefined();
  });
});

describe('where Microsoft keeps ten days', () => {
  const tenDays = new OutOfReachError('Ten days are kept.', 10 * day);
  const keepTenDays = (testBed: TestBed) => {
    testBed.pagesOf = ({ start }) => (start < testBed.clock.trueMs - 10 * day ? [tenDays] : [pageOf()]);
  };

  test('time beyond is a gap, told once with both its bounds, and the rest is read', async () => {
    const testBed = testBedOf({ startTimeMs: 12 * day });
    keepTenDays(testBed);
    await testBed.run(noon + 5 * minute);
    expect(testBed.monitor.gaps).toHaveLength(1);
    const [gap] = testBed.monitor.gaps;
    expect(gap!.start).toBe(noon - 12 * day);
    expect(gap!.end - (noon - 10 * day)).toBeLessThanOrEqual(11 * minute);
    const bounds = [gap!.start, gap!.end].map((time) => new Date(time).toISOString().slice(0, 19).replace('T', ' '));
    expect(testBed.log.at('error')).toEqual([
      expect.stringContaining(`from ${bounds[0]} UTC to ${bounds[1]} UTC can no longer be read`),
    ]);
    expect(testBed.progress.ahead).toBeUndefined();
    expect(lowWatermark(testBed.progress)).toBeGreaterThanOrEqual(noon + 3 * minute);
  });

  test('the gap of a longer outage is told once, though it takes a while to read what lies next to it', async () => {
    const testBed = testBedOf({ startTimeMs: 12 * day });
    keepTenDays(testBed);
    await testBed.run(noon + 5 * minute);
    testBed.clock.work(11 * day);
    testBed.pageMs = 20 * second;
    await testBed.run(testBed.clock.trueMs + 10 * minute);
    expect(testBed.monitor.gaps).toHaveLength(2);
    // How far back the service answers is found out anew after each start: a stored limit could give up time that can
    // be read.
    expect(testBed.asked.filter(({ range, atMs }) => range.start < atMs - 10 * day)).toHaveLength(2);
  });

  test('re-reading gives up what is out of reach, without a gap and without asking again and again, after an outage almost as long', async () => {
    const testBed = testBedOf({ late_window: 1440 });
    keepTenDays(testBed);
    await testBed.run(noon + 2 * day);
    const askedBefore = testBed.asked.length;
    testBed.clock.work(9.5 * day);
    const endMs = testBed.clock.trueMs + 2 * hour;
    await testBed.run(endMs);
    expect(testBed.monitor.gaps).toEqual([]);
    expect(testBed.progress.historyMs).toBe(10 * day);
    expect(lowWatermark(testBed.progress)).toBeGreaterThanOrEqual(endMs - 2 * minute);
    expect(testBed.asked.length - askedBefore).toBeLessThan(400);
  });

  test('a service that keeps less than it says is believed an hour less at a time', async () => {
    const testBed = testBedOf({ startTimeMs: 12 * day });
    testBed.pagesOf = ({ start }) => (start < testBed.clock.trueMs - 10 * day + 90 * minute ? [tenDays] : [pageOf()]);
    await testBed.run(noon + 5 * minute);
    expect(testBed.progress.historyMs).toBe(10 * day - 2 * hour);
    expect(lowWatermark(testBed.progress)).toBeGreaterThanOrEqual(noon + 3 * minute);
  });

  test.each([
    ['ten days', 10 * day],
    ['a day', day],
  ])('a refusal of the last hour that names %s is not believed', async (_, historyMs) => {
    const testBed = testBedOf({ startTimeMs: hour });
    testBed.pagesOf = () => [new OutOfReachError('It is out of reach.', historyMs)];
    await testBed.run(noon + 10 * minute);
    expect(testBed.monitor.progress).toEqual([]);
    expect(testBed.monitor.gaps).toEqual([]);
    expect(testBed.asked.length).toBeLessThan(60);
  });
});

describe('when the data folder cannot be written', () => {
  const diskFull = new StorageError('The disk is full.');

  /** Fails the next so many writes of fingerprints; says what had been asked and delivered at each of them. */
  function failWrites(testBed: TestBed, failures: number): string[] {
    const seen: string[] = [];
    const write = testBed.buckets.write.bind(testBed.buckets);
    let left = failures;
    testBed.buckets.write = (...parts) => {
      seen.push(`${testBed.asked.length} asked, ${testBed.delivered.length} delivered`);
      left -= 1;
      return left >= 0 ? Promise.reject(diskFull) : write(...parts);
    };
    return seen;
  }

  test('what was delivered is not delivered again, and nothing more is delivered or asked for until it is remembered', async () => {
    const testBed = testBedOf();
    testBed.pagesOf = () => [pageOf(row('a'), row('b'))];
    testBed.receiptsFor = chunksOf(1);
    const seen = failWrites(testBed, 3);
    await testBed.run(noon + 9 * second);
    expect(seen).toEqual([...Array.from({ length: 4 }, () => '1 asked, 1 delivered'), '1 asked, 2 delivered']);
    expect(testBed.slept.slice(0, 3)).toEqual([second, 2 * second, 4 * second]);
    expect(testBed.delivered).toEqual(['a Delivered', 'b Delivered']);
    expect(testBed.log.at('warning')).toEqual(['The disk is full. Nothing more is read until it works. [MT-STORAGE]']);
    expect(testBed.log.at('critical')).toEqual([]);
    expect(testBed.monitor.recoveries).toEqual(['data folder']);
  });

  test('it can still be stopped, and then the watermark is where it was', async () => {
    const testBed = testBedOf();
    testBed.pagesOf = () => [pageOf(row('a'))];
    failWrites(testBed, Infinity);
    await testBed.run(noon + hour);
    expect(testBed.document.written).toMatchObject([{ most_recent_date_requested: '2026-11-01T11:59:00Z' }]);
  });

  test('it can still be stopped while a gap cannot be written down', async () => {
    const testBed = testBedOf({
      startTimeMs: 12 * day,
      limits: { pageRows: 2000, rangeMs: 10 * day, historyMs: 10 * day },
    });
    const write = testBed.document.write.bind(testBed.document);
    testBed.document.write = (content) =>
      testBed.document.written.length > 0 ? Promise.reject(diskFull) : write(content);
    await testBed.run(noon + hour);
    // Only the second that is asked for to learn the time.
    expect(testBed.asked).toHaveLength(1);
  });
});

test('rows of a range that is being read stay known, though fresh mail has finished with their time meanwhile', async () => {
  const testBed = testBedOf({ startTimeMs: 30 * hour, late_window: 60 });
  const old = Array.from({ length: 6 }, (_, index) => rowAt(noon - 29 * hour + index, `old-${index}`));
  // Pages of the old range take so long that fresh ranges, which reach far back in a quiet tenant, overtake it.
  const pages = (rows: readonly TraceRecord[]) => rows.map((one) => pageOf(one, ...rows.slice(0, 1)));
  testBed.pagesOf = ({ start, end }) =>
    start <= noon - 29 * hour && end > noon - 29 * hour ? pages([...old, ...old]) : [pageOf()];
  testBed.pageMs = 20 * minute;
  await testBed.run(noon + 8 * hour);
  expect(testBed.delivered.length).toBe(new Set(testBed.delivered).size);
  expect(testBed.delivered.length).toBe(6);
});

test('a first start by a clock that is hours ahead begins where the right time says, once an answer has told it', async () => {
  const testBed = testBedOf({ startTimeMs: hour });
  testBed.clock.errorMs = 2 * hour;
  let responses = 0;
  testBed.confirms = () => {
    responses += 1;
    // The first date that is so far off is not believed.
    if (responses < 2) return false;
    testBed.clock.errorMs = 0;
    return true;
  };
  testBed.pagesOf = ({ start, end }) => {
    const inRange = [rowAt(noon - 30 * minute, 'a'), rowAt(noon + minute, 'b')];
    return [
      pageOf(
        ...inRange.filter(
          ({ receivedMs = 0 }) => receivedMs >= start && receivedMs < end && receivedMs <= testBed.clock.trueMs,
        ),
      ),
    ];
  };
  await testBed.run(noon + 10 * minute);
  expect(testBed.delivered.toSorted()).toEqual(['a Delivered', 'b Delivered']);
  expect(Math.max(...testBed.progress.watermarks)).toBeLessThanOrEqual(testBed.clock.trueMs);
});

describe('where the documentation says how far back the service reaches', () => {
  const limits = { pageRows: 2000, rangeMs: 10 * day, historyMs: 10 * day };

  test('a refusal of what is older is a gap, whatever its words', async () => {
    const testBed = testBedOf({ startTimeMs: 20 * day, limits });
    testBed.pagesOf = ({ start }) => [
      start < testBed.clock.trueMs - 10 * day ? new RangeRefusedError('No.') : pageOf(row('a')),
    ];
    await testBed.run(noon + hour);
    expect(testBed.monitor.gaps).toHaveLength(1);
    expect(testBed.monitor.gaps[0]!.start).toBe(noon - 20 * day);
    expect(lowWatermark(testBed.progress)).toBeGreaterThan(noon + 50 * minute);
  });

  test('nothing is given up because the clock alone says that it is older', async () => {
    const testBed = testBedOf({ startTimeMs: hour, limits });
    await testBed.run(noon + 5 * minute);
    // Two answers of something in between agreed on a date that is a year ahead; Microsoft's own put it right.
    testBed.clock.errorMs = 365 * day;
    testBed.pagesOf = ({ end }) => {
      const isFuture = end > testBed.clock.trueMs;
      const page = { ...pageOf(), answeredAtMs: testBed.clock.trueMs };
      if (testBed.asked.length > 40) testBed.clock.errorMs = 0;
      return [isFuture ? new PlanAgainError('That is the future.') : page];
    };
    await testBed.run(noon + 2 * hour);
    expect(testBed.monitor.gaps).toEqual([]);
    expect(Math.max(...testBed.progress.watermarks)).toBeLessThanOrEqual(testBed.clock.trueMs);
    expect(lowWatermark(testBed.progress)).toBeGreaterThan(noon + hour);
  });
});

test('time counts as read up to the date of the answers only, and what was read ahead of the present is forgotten', async () => {
  const testBed = testBedOf({ startTimeMs: hour });
  await testBed.run(noon + 5 * minute);
  // A service that takes ranges of the future, and a clock that is a year ahead for two answers.
  testBed.clock.errorMs = 365 * day;
  let responses = 0;
  testBed.pagesOf = () => {
    responses += 1;
    if (responses > 2) testBed.clock.errorMs = 0;
    return [{ ...pageOf(), answeredAtMs: testBed.clock.trueMs }];
  };
  await testBed.run(noon + hour);
  expect(Math.max(...testBed.progress.watermarks)).toBeLessThanOrEqual(testBed.clock.trueMs + second);
  expect(testBed.progress.ahead?.end ?? 0).toBeLessThanOrEqual(testBed.clock.trueMs + second);
  expect(lowWatermark(testBed.progress)).toBeGreaterThan(noon + 50 * minute);
});

describe('a clock that is wrong at the start', () => {
  const limits = { pageRows: 2000, rangeMs: 10 * day, historyMs: 10 * day };

  test('gives up no time as out of reach before an answer has corrected it', async () => {
    const testBed = testBedOf({ startTimeMs: hour, limits });
    testBed.pagesOf = () => {
      testBed.clock.errorMs = 0;
      return [pageOf()];
    };
    await testBed.run(noon + 5 * minute);
    testBed.clock.errorMs = 60 * day;
    await testBed.run(noon + hour);
    expect(testBed.monitor.gaps).toEqual([]);
    expect(testBed.progress.watermarks[0]).toBeGreaterThan(noon + 50 * minute);
    expect(testBed.progress.watermarks[0]).toBeLessThanOrEqual(noon + hour);
  });

  test('does not move the beginning of a first start that fails and is made again', async () => {
    const testBed = testBedOf({ startTimeMs: hour });
    testBed.clock.errorMs = 3 * hour;
    testBed.pagesOf = () => [new TypeError('the process ends')];
    await expect(testBed.run(noon + minute)).rejects.toThrow();
    testBed.pagesOf = () => {
      testBed.clock.errorMs = 0;
      return [pageOf()];
    };
    await testBed.run(noon + 10 * minute);
    expect(Math.min(...testBed.asked.map(({ range }) => range.start))).toBeLessThanOrEqual(noon - hour + minute);
    expect(testBed.progress.watermarks[0]).toBeGreaterThan(noon);
  });
});

test('a service that answers only narrow ranges is read in ranges that it answers, fresh mail and old', async () => {
  const testBed = testBedOf({ startTimeMs: 2 * day });
  const widest = 30 * minute;
  testBed.pagesOf = ({ start, end }) => [
    end - start > widest ? new PlanAgainError('It took too long.', { mayBeTheRange: true }) : pageOf(),
  ];
  await testBed.run(noon + 12 * hour);
  expect(testBed.progress.ahead).toBeUndefined();
  expect(testBed.progress.watermarks[0]).toBeGreaterThan(noon + 11 * hour);
});

test('a wrong setting that can lock the account is tried again after 1, 2, 4 … 60 minutes', async () => {
  const testBed = testBedOf();
  testBed.pagesOf = () => [new SettingsError('Check the password.', { mayLock: true })];
  await testBed.run(noon + 4 * hour);
  expect(testBed.slept.map((durationMs) => durationMs / minute)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(testBed.asked).toHaveLength(9);
});

test('a wrong setting that locks nothing is tried again after 1, 2, 4, 8 and then every 10 minutes', async () => {
  const testBed = testBedOf();
  testBed.pagesOf = () => [new SettingsError('Grant the permission.')];
  await testBed.run(noon + hour);
  expect(testBed.slept.map((durationMs) => durationMs / minute)).toEqual([1, 2, 4, 8, 10, 10, 10, 10, 10]);
});

test('stray refusals between pages that were answered are never critical, however many ranges they spoil', async () => {
  const testBed = testBedOf();
  let read = 0;
  testBed.pagesOf = () => {
    read += 1;
    return read > 1 && read < 12 ? [pageOf(row('a')), new SettingsError('Check the password.')] : [pageOf(row('a'))];
  };
  await testBed.run(noon + hour);
  expect(read).toBeGreaterThan(12);
  expect(testBed.log.at('critical')).toEqual([]);
  expect(testBed.log.at('error')).toEqual([]);
});

test('two refusals that the client has met count as two of the three that are no disturbance', async () => {
  const testBed = testBedOf();
  let read = 0;
  testBed.pagesOf = () => {
    read += 1;
    return read === 1 ? [pageOf(row('a'))] : [new SettingsError('Check the password.', { refusals: 2 })];
  };
  await testBed.run(noon + 3 * minute);
  expect(testBed.log.at('warning')).toHaveLength(1);
  expect(testBed.log.at('critical')).toHaveLength(1);
});

test('what is not ready yet is tried again every five minutes, and nothing of the time is lost meanwhile', async () => {
  const testBed = testBedOf({ startTimeMs: hour });
  const readyMs = noon + 2 * hour;
  testBed.pagesOf = () => [testBed.clock.trueMs < readyMs ? new NotReadyError('It takes hours.') : pageOf()];
  await testBed.run(noon + 3 * hour);
  expect(testBed.slept.slice(0, 20).map((durationMs) => durationMs / minute)).toEqual(Array(20).fill(5));
  expect(lowWatermark(testBed.progress)).toBeGreaterThan(readyMs);
  expect(testBed.monitor.gaps).toEqual([]);
});

test('a range that ends in the future of the service is planned again by the clock that its answer has corrected', async () => {
  const testBed = testBedOf({ limits: { pageRows: 2000, rangeMs: day, behindMs: second } });
  testBed.clock.errorMs = 30 * second;
  testBed.pagesOf = ({ end }) => {
    testBed.clock.errorMs = 0;
    return [end > testBed.clock.trueMs ? new PlanAgainError('The present is the future.') : pageOf(row('a'))];
  };
  await testBed.run(noon + 2 * minute);
  expect(testBed.asked.filter(({ range, atMs }) => range.end > atMs)).toHaveLength(1);
  expect(testBed.delivered).toEqual(['a Delivered']);
  expect(testBed.log.lines.filter(({ level }) => level !== 'info')).toHaveLength(1);
});

test('ranges stay behind the present as far as the source asks for', async () => {
  const testBed = testBedOf({ startTimeMs: hour, limits: { pageRows: 2000, rangeMs: day, behindMs: 20 * second } });
  await testBed.run(noon + hour);
  expect(testBed.asked.length).toBeGreaterThan(50);
  for (const { range, atMs } of testBed.asked) expect(range.end).toBeLessThanOrEqual(atMs - 20 * second);
});

test('what no class of errors stands for ends the run', async () => {
  const testBed = testBedOf();
  testBed.pagesOf = () => [new TypeError('a mistake of ours')];
  await expect(testBed.run(noon + hour)).rejects.toThrow('a mistake of ours');
});

describe('fresh mail', () => {
  /** Twelve hours of old time in ranges of five pages, each of which takes half a minute. */
  function backlogTestBed(): TestBed {
    const testBed = testBedOf({ startTimeMs: 12 * hour });
    testBed.pageMs = 30 * second;
    testBed.pagesOf = ({ end }) => (end < noon ? Array.from({ length: 5 }, () => pageOf()) : [pageOf()]);
    return testBed;
  }

  test('passes between two pages of a backlog', async () => {
    const testBed = backlogTestBed();
    await testBed.run(noon + 6 * minute);
    const asked = testBed.journal.flatMap((line) => {
      const [, page, end] = /^ask (\d) of .*–(\d\d)/.exec(line) ?? [];
      return page === undefined ? [] : [end === '12' ? 'fresh mail' : `page ${page}`];
    });
    expect(asked.slice(0, 8)).toEqual([
      'fresh mail',
      'page 0',
      'fresh mail',
      'page 1',
      'fresh mail',
      'page 2',
      'fresh mail',
      'page 3',
    ]);
  });

  test('is what is being read while it interrupts a backlog, and then the backlog again', async () => {
    const testBed = backlogTestBed();
    await testBed.run(noon + 6 * minute);
    const seen = testBed.monitor.readings.map((reading) =>
      reading === undefined ? 'nothing' : reading.range.end < noon ? 'old time' : 'fresh mail',
    );
    expect(seen.slice(0, 6)).toEqual(['fresh mail', 'nothing', 'old time', 'fresh mail', 'old time', 'fresh mail']);
  });

  test('waits for one page of a backlog at most', async () => {
    const testBed = backlogTestBed();
    await testBed.run(noon + 2 * hour);
    const polls = testBed.asked.filter(({ range, atMs }) => range.end > atMs - minute).map(({ atMs }) => atMs);
    const pauses = polls.slice(1).map((atMs, index) => atMs - polls[index]!);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(minute + 2 * testBed.pageMs);
    expect(testBed.progress.ahead).toBeUndefined();
  });
});

test('old time has its turn, though fresh mail is always due', async () => {
  // More than a page in each range: a fresh one does not reach back far.
  const testBed = testBedOf({ startTimeMs: 12 * hour, limits: { pageRows: 2, rangeMs: day } });
  testBed.pagesOf = () => [pageOf(row('a'), row('b'), row('c'))];
  testBed.pageMs = 90 * second;
  await testBed.run(noon + hour);
  expect(testBed.monitor.ranges.filter(({ fresh }) => fresh).length).toBeGreaterThan(5);
  expect(lowWatermark(testBed.progress)).toBeGreaterThan(noon);
});

describe('what is no row, or refused for good,', () => {
  test('is set aside, and the rest goes on', async () => {
    const testBed = testBedOf();
    testBed.pagesOf = () => [{ records: [row('a')], unreadable: ['junk', 7] }];
    await testBed.run(noon + second);
    expect(testBed.rejected).toEqual(
      ['junk', 7].map((entry) => ({ row: entry, reason: 'The answer holds an entry that is no row.' })),
    );
    expect(testBed.delivered).toEqual(['a Delivered']);
    expect(testBed.monitor.ranges).toMatchObject([{ rows: 3 }]);
  });

  test('is remembered like what was delivered, so that it is set aside once', async () => {
    const testBed = testBedOf();
    const page = pageOf(row('a'), row('b'), row('c'));
    testBed.pagesOf = firstThen([page, away], [page]);
    testBed.receiptsFor = (records) =>
      records.length === 0 ? [] : [{ from: 0, to: 3, rejected: [{ index: 1, reason: 'too large' }] }];
    await testBed.run(noon + 3 * second);
    expect(testBed.rejected).toEqual([{ row: page.records[1]!.raw, reason: 'too large' }]);
    expect(testBed.journal.filter((line) => line.startsWith('remember'))).toEqual(['remember 3']);
  });
});

describe('a clock that stands before what was read already', () => {
  test('is corrected by an answer that is asked for at once, and again until one comes', async () => {
    const testBed = testBedOf();
    await testBed.run(noon + 5 * minute);
    const startedMs = testBed.clock.trueMs;
    testBed.clock.errorMs = -2 * hour;
    let failures = 2;
    testBed.pagesOf = () => {
      if (failures-- > 0) return [away];
      testBed.clock.errorMs = 0;
      return [pageOf()];
    };
    const askedBefore = testBed.asked.length;
    await testBed.run(startedMs + 3 * minute);
    const asked = testBed.asked.slice(askedBefore);
    expect(widthsOf(asked.slice(0, 3))).toEqual([1, 1, 1]);
    expect(asked[2]!.atMs - startedMs).toBeLessThan(5 * second);
    expect(lowWatermark(testBed.progress)).toBeGreaterThanOrEqual(startedMs + minute);
  });

  test('does not keep old time from being read where it is Microsoft whose clock went back', async () => {
    const testBed = testBedOf({ startTimeMs: 20 * day });
    await testBed.run(noon + second);
    expect(testBed.progress.ahead).toBeDefined();
    testBed.clock.trueMs -= 5 * minute;
    testBed.pagesOf = ({ end }) => [end > testBed.clock.trueMs ? new PlanAgainError('That is the future.') : pageOf()];
    const startedMs = testBed.clock.trueMs;
    const askedBefore = testBed.asked.length;
    await testBed.run(startedMs + 4 * minute);
    expect(testBed.asked.slice(askedBefore).filter(({ range }) => range.end < startedMs - hour)).not.toEqual([]);
    await testBed.run(startedMs + 20 * minute);
    expect(lowWatermark(testBed.progress)).toBeGreaterThan(startedMs + 15 * minute);
  });

  test('looks for new mail in time that was read, on every poll, until the present has come there', async () => {
    const testBed = testBedOf();
    await testBed.run(noon + 3 * hour);
    testBed.clock.trueMs -= 2 * hour;
    const startedMs = testBed.clock.trueMs;
    const visibleMs = startedMs + 10 * minute;
    testBed.pagesOf = ({ start, end }) => [
      testBed.clock.trueMs >= visibleMs && start <= visibleMs && end >= visibleMs
        ? pageOf(rowAt(visibleMs, 'late'))
        : pageOf(),
    ];
    await testBed.run(startedMs + 30 * minute);
    expect(testBed.delivered).toEqual(['late Delivered']);
    expect(testBed.log.at('warning').filter((line) => line.includes('[MT-CLOCK]'))).toHaveLength(1);
    expect(testBed.slept.every((durationMs) => durationMs <= minute)).toBe(true);
  });
});
