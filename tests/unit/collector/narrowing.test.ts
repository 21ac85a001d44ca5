import { describe, expect, test } from '@jest/globals';
import { narrow, type Narrowed } from '../../../src/collector/range-recovery.js';
import type { TimeRange } from '../../../src/model/progress.js';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const END = Date.UTC(2026, 10, 23, 12);
/** As far as a poll of a quiet tenant reaches back. */
const RANGE = { start: END - 27 * HOUR_MS, end: END };
/** All but the last minute was read before. */
const READ_BEFORE = END - 60 * SECOND_MS;

const overlaps = (one: TimeRange, other: TimeRange) => one.start < other.end && one.end > other.start;

interface Search {
  readonly narrowed: Narrowed;
  readonly reads: readonly TimeRange[];
  readonly unreadable: readonly TimeRange[];
}

/** Narrows a range of which `bad` cannot be read, while the service answers as often as that is asked. */
async function search(bad: readonly TimeRange[], splitAt?: number, responses = Infinity): Promise<Search> {
  const reads: TimeRange[] = [];
  const unreadable: TimeRange[] = [];
  let asked = 0;
  const narrowed = await narrow(RANGE, {
    splitAt,
    read: (part) => {
      reads.push(part);
      return Promise.resolve(bad.some((one) => overlaps(one, part)) ? new Error('refused') : undefined);
    },
    onUnreadable: (part) => Promise.resolve(void unreadable.push(part)),
    serviceResponses: () => Promise.resolve(asked++ < responses),
    signal: new AbortController().signal,
  });
  return { narrowed, reads, unreadable };
}

const secondAt = (start: number): TimeRange => ({ start, end: start + SECOND_MS });

/** Oldest first, without a hole and without an overlap. */
function expectAllOfIt({ reads, unreadable }: Search, bad: readonly TimeRange[]): void {
  const read = reads.filter((part) => !bad.some((one) => overlaps(one, part)));
  const covered = [...read, ...unreadable].sort((one, other) => one.start - other.start);
  expect(covered[0]!.start).toBe(RANGE.start);
  expect(covered.at(-1)!.end).toBe(RANGE.end);
  for (const [index, { start }] of covered.entries()) if (index > 0) expect(start).toBe(covered[index - 1]!.end);
}

describe('a second that cannot be read', () => {
  test.each([
    ['the first of the last minute', READ_BEFORE],
    ['in the middle of it', READ_BEFORE + 31 * SECOND_MS],
    ['the last of it', END - SECOND_MS],
  ])('%s, is found in few tries where all older time was read before', async (_where, at) => {
    const bad = [secondAt(at)];
    const found = await search(bad, READ_BEFORE);
    expect(found).toMatchObject({ narrowed: 'unreadable', unreadable: bad });
    expect(found.reads.length).toBeLessThanOrEqual(14);
    expectAllOfIt(found, bad);
  });

  test.each([RANGE.start, END - 20 * HOUR_MS, READ_BEFORE - SECOND_MS])(
    'is found in older time, too: at %i',
    async (at) => {
      const bad = [secondAt(at)];
      const found = await search(bad, READ_BEFORE);
      expect(found).toMatchObject({ narrowed: 'unreadable', unreadable: bad });
      expect(found.reads.length).toBeLessThanOrEqual(38);
      expectAllOfIt(found, bad);
    },
  );

  test('is found without such a hint', async () => {
    const bad = [secondAt(END - 40 * SECOND_MS)];
    const found = await search(bad);
    expect(found).toMatchObject({ narrowed: 'unreadable', unreadable: bad });
    expectAllOfIt(found, bad);
  });

  test('does not hide another one in the other part', async () => {
    const bad = [secondAt(END - 9 * HOUR_MS), secondAt(END - 5 * SECOND_MS)];
    const found = await search(bad, READ_BEFORE);
    expect(found).toMatchObject({ narrowed: 'unreadable', unreadable: bad });
    expectAllOfIt(found, bad);
  });
});

test.each([RANGE.start, RANGE.end, RANGE.start - HOUR_MS, RANGE.end + HOUR_MS])(
  'a hint that leaves nothing on one side does no harm: %i',
  async (splitAt) => {
    const bad = [secondAt(END - HOUR_MS)];
    const found = await search(bad, splitAt);
    expect(found).toMatchObject({ narrowed: 'unreadable', unreadable: bad });
    expectAllOfIt(found, bad);
  },
);

test('nothing is concluded where the service stops answering', async () => {
  const found = await search([secondAt(END - 30 * SECOND_MS)], READ_BEFORE, 0);
  expect(found).toMatchObject({ narrowed: 'unknown', unreadable: [] });
});

test('all time that fails is left after a bounded number of tries', async () => {
  const found = await search([RANGE], READ_BEFORE);
  expect(found.narrowed).toBe('unreadable');
  expect(found.reads.length).toBeLessThan(150);
  expectAllOfIt(found, [RANGE]);
});
