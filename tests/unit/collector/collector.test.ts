import { describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '../../../src/collector/contracts.js';
import { readOnceBefore } from '../../../src/collector/progress.js';
import {
  NotReadyError,
  OutOfReachError,
  PlanAgainError,
  RangeRefusedError,
  SettingsError,
  StorageError,
  UnavailableError,
} from '../../../src/errors.js';
import { chunksOf, pageOf, Stage } from '../../support/collector-stage.js';
import { record } from '../../support/records.js';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const noon = Date.UTC(2026, 10, 1, 12);

const rowAt = (receivedMs: number, id: string): TraceRecord =>
  record({ MessageTraceId: id, Received: `/Date(${receivedMs})/`, Status: 'Delivered' });
/** Received in the minute before noon, which is what a first start of these tests reads. */
const row = (id: string) => rowAt(noon - 30 * second, id);
const widthsOf = (asked: Stage['asked']) => asked.map(({ range }) => (range.end - range.start) / second);
const away = new UnavailableError('Microsoft is away.');

function stageOf(options: Partial<ConstructorParameters<typeof Stage>[0]> = {}): Stage {
  return new Stage({ startMs: noon, ...options });
}

/** What the first reading meets, and what each later one. */
function firstThen<Answer>(first: Answer, later: Answer): () => Answer {
  let isFirst = true;
  return () => {
    const answer = isFirst ? first : later;
    isFirst = false;
    return answer;
  };
}

describe('a range', () => {
  test('is delivered chunk by chunk, each remembered before the next, and counts as read only at its end', async () => {
    const stage = stageOf();
    stage.pagesOf = () => [pageOf(row('a'), row('b'), row('c')), pageOf(row('d'))];
    stage.receiptsFor = chunksOf(2);
    await stage.run(noon + second);
    expect(stage.journal).toEqual([
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
    expect(readOnceBefore(stage.progress)).toBe(noon);
    const range = { start: noon - minute, end: noon };
    expect(stage.monitor.ranges).toEqual([{ pass: 0, fresh: true, range, pages: 2, rows: 4 }]);
    expect(stage.monitor.readings).toEqual([expect.objectContaining({ pass: 0, range }), undefined]);
  });

  test('that fails in the middle is read again, and what was delivered of it is not repeated', async () => {
    const stage = stageOf();
    stage.pagesOf = firstThen([pageOf(row('a'), row('b')), away], [pageOf(row('a'), row('b')), pageOf(row('c'))]);
    await stage.run(noon + 3 * second);
    expect(stage.journal).toEqual([
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
    expect(stage.slept[0]).toBe(second);
    expect(stage.monitor.pages.map(({ repeats }) => repeats)).toEqual([0, 2, 0]);
  });

  test('is read again after a restart when it was aborted in the middle, and what was delivered of it is not repeated', async () => {
    const stage = stageOf();
    stage.pagesOf = () => [pageOf(row('a')), pageOf(), pageOf(row('b'))];
    const remember = stage.buckets.write.bind(stage.buckets);
    stage.buckets.write = (...parts) => {
      stage.stop();
      return remember(...parts);
    };
    await stage.run(Infinity);
    expect(stage.delivered).toEqual(['a Delivered']);
    expect(stage.document.written).toMatchObject([{ most_recent_date_requested: '2026-11-01T11:59:00Z' }]);

    stage.buckets.write = remember;
    await stage.run(stage.clock.trueMs + 2 * second);
    expect(stage.delivered).toEqual(['a Delivered', 'b Delivered']);
    expect(readOnceBefore(stage.progress)).toBeGreaterThanOrEqual(noon);
  });

  test('counts from the instant at which its reading began, however long it took', async () => {
    const stage = stageOf({ startTimeMs: 10 * minute, late_window: 5 });
    stage.pageMs = minute;
    stage.pagesOf = firstThen([pageOf(), pageOf(), pageOf()], [away]);
    await stage.run(noon + 4 * minute);
    // Passes at the ages 0, 4 and 5 minutes.
    expect(stage.progress.watermarks.map((it) => (it - noon) / minute)).toEqual([0, -4, -5]);
  });
});

describe('a range that is refused', () => {
  const refused = new RangeRefusedError('The query was refused.');

  test('is read in halves until they are accepted, with a warning that names its bounds, and nothing is left out [F-08]', async () => {
    const stage = stageOf();
    stage.pagesOf = ({ start, end }) => (end - start > 10 * second ? [refused] : [pageOf()]);
    await stage.run(noon + 30 * second);
    // A second of other time tells that the service answers.
    expect(widthsOf(stage.asked)).toEqual([60, 1, 30, 15, 8, 7, 15, 8, 7, 30, 15, 8, 7, 15, 8, 7]);
    expect(readOnceBefore(stage.progress)).toBeGreaterThanOrEqual(noon);
    expect(stage.log.at('warning')).toEqual([
      'The query was refused. Microsoft answers for other times, so the cause lies between 2026-11-01 11:59:00 UTC and 2026-11-01 12:00:00 UTC: that range is now read in smaller parts. No data is lost. [MT-RANGE-REFUSED]',
    ]);
    expect(stage.monitor.progress.at(-1)!.setAside).toBeUndefined();
  });

  test.each([
    ['a refusal', refused],
    ['an error of the service', new UnavailableError('Error while processing response.', { mayBeTheRange: true })],
    ['a limit that is not believed', new OutOfReachError('It is out of reach.', 10 * day)],
  ])(
    'because of one second is read but for that second, which is an error, tried rarely, and read as soon as it can be: %s',
    async (_, error) => {
      const stage = stageOf({ startTimeMs: hour, late_window: 1440 });
      const poison = noon - 30 * minute;
      const readableFrom = noon + 3 * hour;
      const tried: number[] = [];
      stage.pagesOf = ({ start, end }) => {
        if (start > poison || end <= poison) return [pageOf(rowAt(start, `row of ${start}`))];
        if (stage.clock.trueMs >= readableFrom) return [pageOf(rowAt(poison, 'late'))];
        if (end - start === second) tried.push(stage.clock.trueMs);
        return [error];
      };
      await stage.run(noon + 30 * minute);
      const [aside] = stage.progress.setAside ?? [];
      expect([aside?.start, aside?.end]).toEqual([poison, poison + second]);
      expect(stage.log.at('error')).toEqual([
        expect.stringMatching(
          /^Messages received from 2026-11-01 11:30:00 UTC to 2026-11-01 11:30:01 UTC cannot be read: .*\[MT-SET-ASIDE\]$/,
        ),
      ]);
      expect(readOnceBefore(stage.progress)).toBeGreaterThanOrEqual(noon + 28 * minute);
      await stage.run(noon + 12 * hour);
      expect(stage.delivered.filter((row) => row === 'late Delivered')).toHaveLength(1);
      expect(stage.progress.setAside).toBeUndefined();
      expect(stage.monitor.gaps).toEqual([]);
      // Once or twice when it was found, then after 15 minutes and after an hour.
      expect(tried.length).toBeLessThanOrEqual(5);
      expect(stage.log.at('critical')).toEqual([]);
    },
  );

  test('because of one second for a day is given up as a gap with its reason, and nothing else is late meanwhile [F-08]', async () => {
    const stage = stageOf({ startTimeMs: hour, late_window: 1440 });
    const poison = noon + 10 * minute;
    const polls: number[] = [];
    stage.pagesOf = ({ start, end }) => {
      if (start <= poison && poison < end) return [refused];
      if (end > stage.clock.trueMs - 2 * minute) polls.push(stage.clock.trueMs);
      return [pageOf()];
    };
    await stage.run(noon + 48 * hour);
    expect(stage.monitor.gaps).toEqual([{ start: poison, end: poison + second }]);
    expect(stage.log.at('error').at(-1)).toMatch(
      /could not be read for a day and are given up: The query was refused\..*\[MT-GAP\]$/,
    );
    const pauses = polls.slice(1).map((atMs, index) => atMs - polls[index]!);
    expect(Math.max(...pauses)).toBeLessThan(2 * minute);
    expect(stage.asked.length / 48).toBeLessThan(75);
  });

  test('because of half a minute is read but for that, at a bounded cost', async () => {
    const stage = stageOf({ startTimeMs: 10 * hour });
    const [from, to] = [noon - 5 * hour, noon - 5 * hour + 30 * second];
    stage.pagesOf = ({ start, end }) => (start < to && end > from ? [refused] : [pageOf()]);
    await stage.run(noon + 10 * minute);
    // What the search left as it was is looked at again when it is tried again.
    expect(stage.asked.length).toBeLessThan(160);
    await stage.run(noon + 30 * minute);
    const asides = stage.progress.setAside ?? [];
    expect(Math.min(...asides.map(({ start }) => start))).toBe(from);
    expect(Math.max(...asides.map(({ end }) => end))).toBe(to);
    expect(stage.progress.ahead).toBeUndefined();
  });

  test.each([75 * minute, 10 * hour])(
    'while all time is refused for %i ms says nothing about the range: it is an outage, without gaps or halves',
    async (durationMs) => {
      const stage = stageOf({ late_window: 1440 });
      const [from, to] = [noon + hour, noon + hour + durationMs];
      stage.pagesOf = () => [stage.clock.trueMs >= from && stage.clock.trueMs < to ? refused : pageOf()];
      await stage.run(to - minute);
      expect(stage.monitor.statuses.at(-1)).toBe('degraded');
      expect(stage.log.at('error')).toHaveLength(1);
      await stage.run(to + 10 * minute);
      expect(stage.monitor.gaps).toEqual([]);
      expect(stage.progress.setAside).toBeUndefined();
      expect(stage.log.at('critical')).toEqual([]);
      expect(readOnceBefore(stage.progress)).toBeGreaterThanOrEqual(to + 7 * minute);
      const during = stage.asked.filter(({ atMs }) => atMs >= from && atMs < to);
      expect(during.length / (durationMs / hour)).toBeLessThan(90);
    },
  );

  test('while the service goes away is neither set aside nor given up', async () => {
    const stage = stageOf({ startTimeMs: hour });
    let answers = 0;
    stage.pagesOf = ({ end }) => {
      answers += 1;
      if (end > noon) return [pageOf()];
      // The range is refused, other time is answered once, and then nothing is.
      return [answers <= 40 && answers !== 2 ? refused : pageOf()];
    };
    await stage.run(noon + 30 * minute);
    expect(stage.progress.setAside).toBeUndefined();
    expect(stage.progress.ahead).toBeUndefined();
  });
});

describe('where Microsoft keeps ten days', () => {
  const tenDays = new OutOfReachError('Ten days are kept.', 10 * day);
  const keepTenDays = (stage: Stage) => {
    stage.pagesOf = ({ start }) => (start < stage.clock.trueMs - 10 * day ? [tenDays] : [pageOf()]);
  };

  test('time beyond is a gap, told once with both its bounds, and the rest is read', async () => {
    const stage = stageOf({ startTimeMs: 12 * day });
    keepTenDays(stage);
    await stage.run(noon + 5 * minute);
    expect(stage.monitor.gaps).toHaveLength(1);
    const [gap] = stage.monitor.gaps;
    expect(gap!.start).toBe(noon - 12 * day);
    expect(gap!.end - (noon - 10 * day)).toBeLessThanOrEqual(11 * minute);
    const bounds = [gap!.start, gap!.end].map((time) => new Date(time).toISOString().slice(0, 19).replace('T', ' '));
    expect(stage.log.at('error')).toEqual([
      expect.stringContaining(`from ${bounds[0]} UTC to ${bounds[1]} UTC can no longer be had`),
    ]);
    expect(stage.progress.ahead).toBeUndefined();
    expect(readOnceBefore(stage.progress)).toBeGreaterThanOrEqual(noon + 3 * minute);
  });

  test('the gap of a longer outage is told once, though it takes a while to read what lies next to it', async () => {
    const stage = stageOf({ startTimeMs: 12 * day });
    keepTenDays(stage);
    await stage.run(noon + 5 * minute);
    stage.clock.work(11 * day);
    stage.pageMs = 20 * second;
    await stage.run(stage.clock.trueMs + 10 * minute);
    expect(stage.monitor.gaps).toHaveLength(2);
    // How far back the service answers is found out anew after each start: a stored limit could give up time that can
    // be read.
    expect(stage.asked.filter(({ range, atMs }) => range.start < atMs - 10 * day)).toHaveLength(2);
  });

  test('re-reading gives up what is out of reach, without a gap and without asking again and again, after an outage almost as long', async () => {
    const stage = stageOf({ late_window: 1440 });
    keepTenDays(stage);
    await stage.run(noon + 2 * day);
    const askedBefore = stage.asked.length;
    stage.clock.work(9.5 * day);
    const endMs = stage.clock.trueMs + 2 * hour;
    await stage.run(endMs);
    expect(stage.monitor.gaps).toEqual([]);
    expect(stage.progress.historyMs).toBe(10 * day);
    expect(readOnceBefore(stage.progress)).toBeGreaterThanOrEqual(endMs - 2 * minute);
    expect(stage.asked.length - askedBefore).toBeLessThan(400);
  });

  test('a service that keeps less than it says is believed an hour less at a time', async () => {
    const stage = stageOf({ startTimeMs: 12 * day });
    stage.pagesOf = ({ start }) => (start < stage.clock.trueMs - 10 * day + 90 * minute ? [tenDays] : [pageOf()]);
    await stage.run(noon + 5 * minute);
    expect(stage.progress.historyMs).toBe(10 * day - 2 * hour);
    expect(readOnceBefore(stage.progress)).toBeGreaterThanOrEqual(noon + 3 * minute);
  });

  test.each([
    ['ten days', 10 * day],
    ['a day', day],
  ])('a refusal of the last hour that names %s is not believed', async (_, historyMs) => {
    const stage = stageOf({ startTimeMs: hour });
    stage.pagesOf = () => [new OutOfReachError('It is out of reach.', historyMs)];
    await stage.run(noon + 10 * minute);
    expect(stage.monitor.progress).toEqual([]);
    expect(stage.monitor.gaps).toEqual([]);
    expect(stage.asked.length).toBeLessThan(60);
  });
});

describe('when the data folder cannot be written', () => {
  const diskFull = new StorageError('The disk is full.');

  /** Fails the next so many writes of fingerprints; says what had been asked and delivered at each of them. */
  function failWrites(stage: Stage, failures: number): string[] {
    const seen: string[] = [];
    const write = stage.buckets.write.bind(stage.buckets);
    let left = failures;
    stage.buckets.write = (...parts) => {
      seen.push(`${stage.asked.length} asked, ${stage.delivered.length} delivered`);
      left -= 1;
      return left >= 0 ? Promise.reject(diskFull) : write(...parts);
    };
    return seen;
  }

  test('what was delivered is not delivered again, and nothing more is delivered or asked for until it is remembered', async () => {
    const stage = stageOf();
    stage.pagesOf = () => [pageOf(row('a'), row('b'))];
    stage.receiptsFor = chunksOf(1);
    const seen = failWrites(stage, 3);
    await stage.run(noon + 9 * second);
    expect(seen).toEqual([...Array.from({ length: 4 }, () => '1 asked, 1 delivered'), '1 asked, 2 delivered']);
    expect(stage.slept.slice(0, 3)).toEqual([second, 2 * second, 4 * second]);
    expect(stage.delivered).toEqual(['a Delivered', 'b Delivered']);
    expect(stage.log.at('warning')).toEqual(['The disk is full. Nothing more is read until it works. [MT-STORAGE]']);
    expect(stage.log.at('critical')).toEqual([]);
    expect(stage.monitor.recoveries).toEqual(['data folder']);
  });

  test('it can still be stopped, and then the watermark is where it was', async () => {
    const stage = stageOf();
    stage.pagesOf = () => [pageOf(row('a'))];
    failWrites(stage, Infinity);
    await stage.run(noon + hour);
    expect(stage.document.written).toMatchObject([{ most_recent_date_requested: '2026-11-01T11:59:00Z' }]);
  });

  test('it can still be stopped while a gap cannot be written down', async () => {
    const stage = stageOf({
      startTimeMs: 12 * day,
      limits: { pageRows: 2000, rangeMs: 10 * day, historyMs: 10 * day },
    });
    const write = stage.document.write.bind(stage.document);
    stage.document.write = (content) => (stage.document.written.length > 0 ? Promise.reject(diskFull) : write(content));
    await stage.run(noon + hour);
    // Only the second that is asked for to learn the time.
    expect(stage.asked).toHaveLength(1);
  });
});

test('rows of a range that is being read stay known, though fresh mail has finished with their time meanwhile', async () => {
  const stage = stageOf({ startTimeMs: 30 * hour, late_window: 60 });
  const old = Array.from({ length: 6 }, (_, index) => rowAt(noon - 29 * hour + index, `old-${index}`));
  // Pages of the old range take so long that fresh ranges, which reach far back in a quiet tenant, overtake it.
  const pages = (rows: readonly TraceRecord[]) => rows.map((one) => pageOf(one, ...rows.slice(0, 1)));
  stage.pagesOf = ({ start, end }) =>
    start <= noon - 29 * hour && end > noon - 29 * hour ? pages([...old, ...old]) : [pageOf()];
  stage.pageMs = 20 * minute;
  await stage.run(noon + 8 * hour);
  expect(stage.delivered.length).toBe(new Set(stage.delivered).size);
  expect(stage.delivered.length).toBe(6);
});

test('a first start by a clock that is hours ahead begins where the right time says, once an answer has told it', async () => {
  const stage = stageOf({ startTimeMs: hour });
  stage.clock.errorMs = 2 * hour;
  let answers = 0;
  stage.confirms = () => {
    answers += 1;
    // The first date that is so far off is not believed.
    if (answers < 2) return false;
    stage.clock.errorMs = 0;
    return true;
  };
  stage.pagesOf = ({ start, end }) => {
    const inRange = [rowAt(noon - 30 * minute, 'a'), rowAt(noon + minute, 'b')];
    return [
      pageOf(
        ...inRange.filter(
          ({ receivedMs = 0 }) => receivedMs >= start && receivedMs < end && receivedMs <= stage.clock.trueMs,
        ),
      ),
    ];
  };
  await stage.run(noon + 10 * minute);
  expect(stage.delivered.toSorted()).toEqual(['a Delivered', 'b Delivered']);
  expect(Math.max(...stage.progress.watermarks)).toBeLessThanOrEqual(stage.clock.trueMs);
});

describe('where the documentation says how far back the service reaches', () => {
  const limits = { pageRows: 2000, rangeMs: 10 * day, historyMs: 10 * day };

  test('a refusal of what is older is a gap, whatever its words', async () => {
    const stage = stageOf({ startTimeMs: 20 * day, limits });
    stage.pagesOf = ({ start }) => [
      start < stage.clock.trueMs - 10 * day ? new RangeRefusedError('No.') : pageOf(row('a')),
    ];
    await stage.run(noon + hour);
    expect(stage.monitor.gaps).toHaveLength(1);
    expect(stage.monitor.gaps[0]!.start).toBe(noon - 20 * day);
    expect(readOnceBefore(stage.progress)).toBeGreaterThan(noon + 50 * minute);
  });

  test('nothing is given up because the clock alone says that it is older', async () => {
    const stage = stageOf({ startTimeMs: hour, limits });
    await stage.run(noon + 5 * minute);
    // Two answers of something in between agreed on a date that is a year ahead; Microsoft's own put it right.
    stage.clock.errorMs = 365 * day;
    stage.pagesOf = ({ end }) => {
      const isFuture = end > stage.clock.trueMs;
      const page = { ...pageOf(), answeredAtMs: stage.clock.trueMs };
      if (stage.asked.length > 40) stage.clock.errorMs = 0;
      return [isFuture ? new PlanAgainError('That is the future.') : page];
    };
    await stage.run(noon + 2 * hour);
    expect(stage.monitor.gaps).toEqual([]);
    expect(Math.max(...stage.progress.watermarks)).toBeLessThanOrEqual(stage.clock.trueMs);
    expect(readOnceBefore(stage.progress)).toBeGreaterThan(noon + hour);
  });
});

test('time counts as read up to the date of the answers only, and what was read ahead of the present is forgotten', async () => {
  const stage = stageOf({ startTimeMs: hour });
  await stage.run(noon + 5 * minute);
  // A service that takes ranges of the future, and a clock that is a year ahead for two answers.
  stage.clock.errorMs = 365 * day;
  let answers = 0;
  stage.pagesOf = () => {
    answers += 1;
    if (answers > 2) stage.clock.errorMs = 0;
    return [{ ...pageOf(), answeredAtMs: stage.clock.trueMs }];
  };
  await stage.run(noon + hour);
  expect(Math.max(...stage.progress.watermarks)).toBeLessThanOrEqual(stage.clock.trueMs + second);
  expect(stage.progress.ahead?.end ?? 0).toBeLessThanOrEqual(stage.clock.trueMs + second);
  expect(readOnceBefore(stage.progress)).toBeGreaterThan(noon + 50 * minute);
});

describe('a clock that is wrong at the start', () => {
  const limits = { pageRows: 2000, rangeMs: 10 * day, historyMs: 10 * day };

  test('gives up no time as out of reach before an answer has corrected it', async () => {
    const stage = stageOf({ startTimeMs: hour, limits });
    stage.pagesOf = () => {
      stage.clock.errorMs = 0;
      return [pageOf()];
    };
    await stage.run(noon + 5 * minute);
    stage.clock.errorMs = 60 * day;
    await stage.run(noon + hour);
    expect(stage.monitor.gaps).toEqual([]);
    expect(stage.progress.watermarks[0]).toBeGreaterThan(noon + 50 * minute);
    expect(stage.progress.watermarks[0]).toBeLessThanOrEqual(noon + hour);
  });

  test('does not move the beginning of a first start that fails and is made again', async () => {
    const stage = stageOf({ startTimeMs: hour });
    stage.clock.errorMs = 3 * hour;
    stage.pagesOf = () => [new TypeError('the process ends')];
    await expect(stage.run(noon + minute)).rejects.toThrow();
    stage.pagesOf = () => {
      stage.clock.errorMs = 0;
      return [pageOf()];
    };
    await stage.run(noon + 10 * minute);
    expect(Math.min(...stage.asked.map(({ range }) => range.start))).toBeLessThanOrEqual(noon - hour + minute);
    expect(stage.progress.watermarks[0]).toBeGreaterThan(noon);
  });
});

test('a service that answers only narrow ranges is read in ranges that it answers, fresh mail and old', async () => {
  const stage = stageOf({ startTimeMs: 2 * day });
  const widest = 30 * minute;
  stage.pagesOf = ({ start, end }) => [
    end - start > widest ? new PlanAgainError('It took too long.', { mayBeTheRange: true }) : pageOf(),
  ];
  await stage.run(noon + 12 * hour);
  expect(stage.progress.ahead).toBeUndefined();
  expect(stage.progress.watermarks[0]).toBeGreaterThan(noon + 11 * hour);
});

test('a wrong setting that can lock the account is tried again after 1, 2, 4 … 60 minutes', async () => {
  const stage = stageOf();
  stage.pagesOf = () => [new SettingsError('Check the password.', { mayLock: true })];
  await stage.run(noon + 4 * hour);
  expect(stage.slept.map((durationMs) => durationMs / minute)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(stage.asked).toHaveLength(9);
});

test('a wrong setting that locks nothing is tried again after 1, 2, 4, 8 and then every 10 minutes', async () => {
  const stage = stageOf();
  stage.pagesOf = () => [new SettingsError('Grant the permission.')];
  await stage.run(noon + hour);
  expect(stage.slept.map((durationMs) => durationMs / minute)).toEqual([1, 2, 4, 8, 10, 10, 10, 10, 10]);
});

test('stray refusals between pages that were answered are never critical, however many ranges they spoil', async () => {
  const stage = stageOf();
  let read = 0;
  stage.pagesOf = () => {
    read += 1;
    return read > 1 && read < 12 ? [pageOf(row('a')), new SettingsError('Check the password.')] : [pageOf(row('a'))];
  };
  await stage.run(noon + hour);
  expect(read).toBeGreaterThan(12);
  expect(stage.log.at('critical')).toEqual([]);
  expect(stage.log.at('error')).toEqual([]);
});

test('two refusals that the client has met count as two of the three that are no disturbance', async () => {
  const stage = stageOf();
  let read = 0;
  stage.pagesOf = () => {
    read += 1;
    return read === 1 ? [pageOf(row('a'))] : [new SettingsError('Check the password.', { refusals: 2 })];
  };
  await stage.run(noon + 3 * minute);
  expect(stage.log.at('warning')).toHaveLength(1);
  expect(stage.log.at('critical')).toHaveLength(1);
});

test('what is not ready yet is tried again every five minutes, and nothing of the time is lost meanwhile', async () => {
  const stage = stageOf({ startTimeMs: hour });
  const readyMs = noon + 2 * hour;
  stage.pagesOf = () => [stage.clock.trueMs < readyMs ? new NotReadyError('It takes hours.') : pageOf()];
  await stage.run(noon + 3 * hour);
  expect(stage.slept.slice(0, 20).map((durationMs) => durationMs / minute)).toEqual(Array(20).fill(5));
  expect(readOnceBefore(stage.progress)).toBeGreaterThan(readyMs);
  expect(stage.monitor.gaps).toEqual([]);
});

test('a range that ends in the future of the service is planned again by the clock that its answer has corrected', async () => {
  const stage = stageOf({ limits: { pageRows: 2000, rangeMs: day, behindMs: second } });
  stage.clock.errorMs = 30 * second;
  stage.pagesOf = ({ end }) => {
    stage.clock.errorMs = 0;
    return [end > stage.clock.trueMs ? new PlanAgainError('The present is the future.') : pageOf(row('a'))];
  };
  await stage.run(noon + 2 * minute);
  expect(stage.asked.filter(({ range, atMs }) => range.end > atMs)).toHaveLength(1);
  expect(stage.delivered).toEqual(['a Delivered']);
  expect(stage.log.lines.filter(({ level }) => level !== 'info')).toHaveLength(1);
});

test('ranges stay behind the present as far as the source asks for', async () => {
  const stage = stageOf({ startTimeMs: hour, limits: { pageRows: 2000, rangeMs: day, behindMs: 20 * second } });
  await stage.run(noon + hour);
  expect(stage.asked.length).toBeGreaterThan(50);
  for (const { range, atMs } of stage.asked) expect(range.end).toBeLessThanOrEqual(atMs - 20 * second);
});

test('what no class of errors stands for ends the run', async () => {
  const stage = stageOf();
  stage.pagesOf = () => [new TypeError('a mistake of ours')];
  await expect(stage.run(noon + hour)).rejects.toThrow('a mistake of ours');
});

describe('fresh mail', () => {
  /** Twelve hours of old time in ranges of five pages, each of which takes half a minute. */
  function backlogStage(): Stage {
    const stage = stageOf({ startTimeMs: 12 * hour });
    stage.pageMs = 30 * second;
    stage.pagesOf = ({ end }) => (end < noon ? Array.from({ length: 5 }, () => pageOf()) : [pageOf()]);
    return stage;
  }

  test('passes between two pages of a backlog', async () => {
    const stage = backlogStage();
    await stage.run(noon + 6 * minute);
    const asked = stage.journal.flatMap((line) => {
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
    const stage = backlogStage();
    await stage.run(noon + 6 * minute);
    const seen = stage.monitor.readings.map((reading) =>
      reading === undefined ? 'nothing' : reading.range.end < noon ? 'old time' : 'fresh mail',
    );
    expect(seen.slice(0, 6)).toEqual(['fresh mail', 'nothing', 'old time', 'fresh mail', 'old time', 'fresh mail']);
  });

  test('waits for one page of a backlog at most', async () => {
    const stage = backlogStage();
    await stage.run(noon + 2 * hour);
    const polls = stage.asked.filter(({ range, atMs }) => range.end > atMs - minute).map(({ atMs }) => atMs);
    const pauses = polls.slice(1).map((atMs, index) => atMs - polls[index]!);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(minute + 2 * stage.pageMs);
    expect(stage.progress.ahead).toBeUndefined();
  });
});

test('old time has its turn, though fresh mail is always due', async () => {
  // More than a page in each range: a fresh one does not reach back far.
  const stage = stageOf({ startTimeMs: 12 * hour, limits: { pageRows: 2, rangeMs: day } });
  stage.pagesOf = () => [pageOf(row('a'), row('b'), row('c'))];
  stage.pageMs = 90 * second;
  await stage.run(noon + hour);
  expect(stage.monitor.ranges.filter(({ fresh }) => fresh).length).toBeGreaterThan(5);
  expect(readOnceBefore(stage.progress)).toBeGreaterThan(noon);
});

describe('what is no row, or refused for good,', () => {
  test('is set aside, and the rest goes on', async () => {
    const stage = stageOf();
    stage.pagesOf = () => [{ records: [row('a')], unreadable: ['junk', 7] }];
    await stage.run(noon + second);
    expect(stage.rejected).toEqual(
      ['junk', 7].map((entry) => ({ row: entry, reason: 'The answer holds an entry that is no row.' })),
    );
    expect(stage.delivered).toEqual(['a Delivered']);
    expect(stage.monitor.ranges).toMatchObject([{ rows: 3 }]);
  });

  test('is remembered like what was delivered, so that it is set aside once', async () => {
    const stage = stageOf();
    const page = pageOf(row('a'), row('b'), row('c'));
    stage.pagesOf = firstThen([page, away], [page]);
    stage.receiptsFor = (records) =>
      records.length === 0 ? [] : [{ from: 0, to: 3, rejected: [{ index: 1, reason: 'too large' }] }];
    await stage.run(noon + 3 * second);
    expect(stage.rejected).toEqual([{ row: page.records[1]!.raw, reason: 'too large' }]);
    expect(stage.journal.filter((line) => line.startsWith('remember'))).toEqual(['remember 3']);
  });
});

describe('a clock that stands before what was read already', () => {
  test('is corrected by an answer that is asked for at once, and again until one comes', async () => {
    const stage = stageOf();
    await stage.run(noon + 5 * minute);
    const startedMs = stage.clock.trueMs;
    stage.clock.errorMs = -2 * hour;
    let failures = 2;
    stage.pagesOf = () => {
      if (failures-- > 0) return [away];
      stage.clock.errorMs = 0;
      return [pageOf()];
    };
    const askedBefore = stage.asked.length;
    await stage.run(startedMs + 3 * minute);
    const asked = stage.asked.slice(askedBefore);
    expect(widthsOf(asked.slice(0, 3))).toEqual([1, 1, 1]);
    expect(asked[2]!.atMs - startedMs).toBeLessThan(5 * second);
    expect(readOnceBefore(stage.progress)).toBeGreaterThanOrEqual(startedMs + minute);
  });

  test('does not keep old time from being read where it is Microsoft whose clock went back', async () => {
    const stage = stageOf({ startTimeMs: 20 * day });
    await stage.run(noon + second);
    expect(stage.progress.ahead).toBeDefined();
    stage.clock.trueMs -= 5 * minute;
    stage.pagesOf = ({ end }) => [end > stage.clock.trueMs ? new PlanAgainError('That is the future.') : pageOf()];
    const startedMs = stage.clock.trueMs;
    const askedBefore = stage.asked.length;
    await stage.run(startedMs + 4 * minute);
    expect(stage.asked.slice(askedBefore).filter(({ range }) => range.end < startedMs - hour)).not.toEqual([]);
    await stage.run(startedMs + 20 * minute);
    expect(readOnceBefore(stage.progress)).toBeGreaterThan(startedMs + 15 * minute);
  });

  test('looks for new mail in time that was read, on every poll, until the present has come there', async () => {
    const stage = stageOf();
    await stage.run(noon + 3 * hour);
    stage.clock.trueMs -= 2 * hour;
    const startedMs = stage.clock.trueMs;
    const visibleMs = startedMs + 10 * minute;
    stage.pagesOf = ({ start, end }) => [
      stage.clock.trueMs >= visibleMs && start <= visibleMs && end >= visibleMs
        ? pageOf(rowAt(visibleMs, 'late'))
        : pageOf(),
    ];
    await stage.run(startedMs + 30 * minute);
    expect(stage.delivered).toEqual(['late Delivered']);
    expect(stage.log.at('warning').filter((line) => line.includes('[MT-CLOCK]'))).toHaveLength(1);
    expect(stage.slept.every((durationMs) => durationMs <= minute)).toBe(true);
  });
});
