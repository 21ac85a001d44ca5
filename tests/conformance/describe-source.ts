import { describe, expect, test } from '@jest/globals';
import { RangeRefusedError, SettingsError, UnavailableError } from '../../src/model/errors.js';
import type { Page, Source, TimeRange } from '../../src/model/ports.js';
import { rowIdentity } from '../../src/model/record.js';
import { skipWaits } from '../support/fast-forward.js';

/** How a service can fail: a failure of its own, too many requests, a cut answer, the session, the range. */
export type Failure = 'unavailable' | 'throttled' | 'cut off' | 'unauthorized' | 'range refused';

/** A source, and the service that it reads. */
export interface SourceUnderTest {
  readonly source: Source;
  /** The range that the tests read. */
  readonly range: TimeRange;
  /** Adds rows that are received within `range`. */
  readonly add: (rows: number) => void;
  /** The rows that the service shows now, as `<trace id> <recipient>` in lower case. */
  readonly shown: () => readonly string[];
  /** Lets the next requests for pages fail, all of them where `times` is Infinity. */
  readonly fail: (failure: Failure, times: number) => void;
  /** How many pages were asked for so far, failed requests included. */
  readonly requests: () => number;
}

/** Opens a service with small pages, and closes it after the test. */
export type WithSource = (test: (under: SourceUnderTest) => Promise<void>) => Promise<void>;

/**
 * The conformance suite of a source: what `Source` in src/model/ports.ts promises to the collector. The numbers are
 * those of docs/delivery-guarantees.md.
 */
export function describeSource(name: string, withSource: WithSource): void {
  describe(`${name} conforms:`, () => {
    test('S-1 it has a name and limits that a plan can be made of', async () => {
      await withSource(({ source: { name: own, limits } }) => {
        expect(own).toMatch(/^[a-z\d_]+$/);
        expect(limits.pageRows).toBeGreaterThanOrEqual(1);
        expect(limits.rangeMs).toBeGreaterThanOrEqual(3_600_000);
        return Promise.resolve();
      });
    });

    test('S-2 every row that the service shows is in a page, however many pages there are', async () => {
      await withSource(async ({ source, range, add, shown }) => {
        for (const rows of [0, 1, 98, 1, 1, 230]) {
          if (rows > 0) add(rows);
          expect(missing(shown(), await read(source, range))).toEqual([]);
        }
      });
    });

    test('S-3 rows that appear while a range is read cost none of the others', async () => {
      await withSource(async ({ source, range, add, shown }) => {
        add(330);
        const before = shown();
        const found: string[] = [];
        for await (const page of source.pages(range, new AbortController().signal)) {
          found.push(...idsOf(page));
          if (found.length < 600) add(30);
        }
        expect(missing(before, found)).toEqual([]);
      });
    });

    test('S-4 a record names its row, and has the row as it came', async () => {
      await withSource(async ({ source, range, add }) => {
        add(20);
        for await (const { records, unreadable } of source.pages(range, new AbortController().signal)) {
          expect(unreadable).toEqual([]);
          for (const record of records) {
            expect(rowIdentity(record)).toContain(record.recipient?.toLowerCase());
            expect(record.receivedMs).toBeGreaterThanOrEqual(range.start);
            expect(Object.keys(record.raw).length).toBeGreaterThan(0);
          }
        }
      });
    });

    test.each<Failure>(['unavailable', 'throttled', 'cut off'])(
      'S-5 a page that is %s for a moment is asked for again, and nothing else is',
      async (failure) => {
        skipWaits();
        await withSource(async ({ source, range, add, shown, fail, requests }) => {
          add(250);
          const told: Error[] = [];
          const found: string[] = [];
          for await (const page of source.pages(range, new AbortController().signal, {
            onRetry: (error) => told.push(error),
          })) {
            if (found.length === 0) fail(failure, 1);
            found.push(...idsOf(page));
          }
          expect(missing(shown(), found)).toEqual([]);
          expect(told).toEqual([expect.any(UnavailableError)]);
          expect(requests()).toBe(4);
        });
      },
    );

    test('S-6 a service that stays away ends the reading as unavailable, after the pages before it', async () => {
      skipWaits();
      await withSource(async ({ source, range, add, fail }) => {
        add(250);
        const pages = source.pages(range, new AbortController().signal);
        const first = await pages.next();
        expect(idsOf(first.value as Page).length).toBeGreaterThan(0);
        fail('unavailable', Infinity);
        await expect(pages.next()).rejects.toBeInstanceOf(UnavailableError);
      });
    });

    test('S-7 a session that is refused is an error of the settings', async () => {
      skipWaits();
      await withSource(async ({ source, range, add, fail }) => {
        add(1);
        fail('unauthorized', Infinity);
        await expect(read(source, range)).rejects.toBeInstanceOf(SettingsError);
      });
    });

    test('S-8 a range that is refused is told from everything else', async () => {
      skipWaits();
      await withSource(async ({ source, range, add, fail }) => {
        add(1);
        fail('range refused', Infinity);
        await expect(read(source, range)).rejects.toBeInstanceOf(RangeRefusedError);
      });
    });

    test('S-9 it can be asked for one try only', async () => {
      skipWaits();
      await withSource(async ({ source, range, add, fail, requests }) => {
        add(1);
        fail('unavailable', Infinity);
        const pages = source.pages(range, new AbortController().signal, { tries: 1 });
        await expect(pages.next()).rejects.toBeInstanceOf(UnavailableError);
        expect(requests()).toBe(1);
      });
    });

    test('S-10 nothing is asked for after the signal is aborted, or after the consumer has stopped', async () => {
      await withSource(async ({ source, range, add, requests }) => {
        add(330);
        const stop = new AbortController();
        const pages = source.pages(range, stop.signal);
        await pages.next();
        stop.abort();
        await expect(pages.next()).rejects.toThrow();
        expect(requests()).toBe(1);

        for await (const page of source.pages(range, new AbortController().signal)) {
          expect(page.records.length).toBeGreaterThan(0);
          break;
        }
        expect(requests()).toBe(2);
      });
    });

    test('S-11 a range read again holds all its rows again', async () => {
      await withSource(async ({ source, range, add, shown }) => {
        add(120);
        await read(source, range);
        expect(missing(shown(), await read(source, range))).toEqual([]);
      });
    });
  });
}

function idsOf({ records }: Page): string[] {
  return records.map(({ traceId, recipient }) => `${traceId} ${recipient}`.toLowerCase());
}

async function read(source: Source, range: TimeRange): Promise<string[]> {
  const found: string[] = [];
  for await (const page of source.pages(range, new AbortController().signal)) found.push(...idsOf(page));
  return found;
}

function missing(shown: readonly string[], found: readonly string[]): string[] {
  const known = new Set(found);
  return shown.filter((id) => !known.has(id));
}
