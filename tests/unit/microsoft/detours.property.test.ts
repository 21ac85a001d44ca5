import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import type { TraceRecord } from '../../../src/model/ports.js';
import { RangeRefusedError } from '../../../src/model/errors.js';
import { KeyPagedService, type LinkKind, type Row } from '../../support/key-paged-service.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const startMs = Date.UTC(2026, 10, 23, 9);
const range = { start: startMs, end: startMs + 60_000 };

/** Times that crowd in a few milliseconds and seconds, so that pages end among rows of one time. */
const time = fc.oneof(
  fc.integer({ min: 0, max: 60_000 }),
  fc.integer({ min: 30_000, max: 30_004 }),
  fc.constantFrom(0, 1000, 30_000, 30_001, 60_000),
);
const rows = fc.uniqueArray(
  fc.record({
    ms: time.map((offset) => startMs + offset),
    ticks: fc.constantFrom(0, 0, 0, 1, 9999),
    recipient: fc.integer({ min: 0, max: 40 }).map((person) => `person-${person}@example.corp`),
  }),
  { maxLength: 120, selector: ({ ms, ticks, recipient }) => `${ms} ${ticks} ${recipient}` },
);
const kinds: readonly LinkKind[] = ['double-encoded', 'empty-recipient', 'refused', 'foreign', 'circle', 'nonsense'];
const links = fc.record({
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  kinds: fc.subarray([...kinds], { minLength: 1 }),
  seed: fc.nat(),
});
const world = fc.record({ rows, later: rows, links, pageRows: fc.integer({ min: 1, max: 20 }) });

async function readAll(service: KeyPagedService): Promise<{ read: TraceRecord[]; error: unknown }> {
  const read: TraceRecord[] = [];
  try {
    for await (const { records } of service.walk(range)) read.push(...records);
    return { read, error: undefined };
  } catch (error) {
    return { read, error };
  }
}

function missing(service: KeyPagedService, expected: readonly Row[], read: readonly TraceRecord[]): string[] {
  const known = new Set(read.map(({ traceId }) => traceId));
  const isInRange = ({ ms, ticks }: Row) => ms < range.end || ticks === 0;
  return expected
    .filter(isInRange)
    .map((row) => service.idOf(row))
    .filter((id) => !known.has(id));
}

test('a walk that comes to its end has read every row, whatever links were dead, and rows that appeared meanwhile', async () => {
  let ended = 0;
  let walks = 0;
  await fc.assert(
    fc.asyncProperty(world, async ({ later, ...given }) => {
      const service = new KeyPagedService({ ...given, later, digits: 7 });
      const { read, error } = await readAll(service);
      if (error !== undefined) expect(error).toBeInstanceOf(RangeRefusedError);
      else expect(missing(service, given.rows, read)).toEqual([]);
      expect(service.foreign).toBe(0);
      walks += 1;
      if (error === undefined) ended += 1;
    }),
    runs(1500),
  );
  expect(ended / walks).toBeGreaterThan(0.9);
});

test('neither does it leave a row out where times are shown less precisely than they are kept', async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.constantFrom(0, 3), async ({ later, ...given }, digits) => {
      const service = new KeyPagedService({ ...given, later, digits });
      const { read, error } = await readAll(service);
      if (error === undefined) expect(missing(service, given.rows, read)).toEqual([]);
      else expect(error).toBeInstanceOf(RangeRefusedError);
    }),
    runs(1500),
  );
});

test.each([
  'ignores tokens',
  'cuts ends to the minute',
  'gives the oldest first',
  'shows hours of another zone',
] as const)('nor where the service %s', async (anomaly) => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const service = new KeyPagedService({ ...given, digits: 7, anomaly });
      const { read, error } = await readAll(service);
      if (error === undefined) expect(missing(service, given.rows, read)).toEqual([]);
      else expect(error).toBeInstanceOf(RangeRefusedError);
    }),
    runs(500),
  );
});

test('every dead link costs two requests at most as long as times differ', async () => {
  const spread = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(spread, links, fc.integer({ min: 2, max: 20 }), async (seconds, given, pageRows) => {
      const all = seconds.map((second) => ({
        ms: startMs + second * 1000 + 500,
        ticks: 0,
        recipient: 'a@example.corp',
      }));
      const service = new KeyPagedService({ rows: all, later: [], links: given, pageRows, digits: 3 });
      const { read, error } = await readAll(service);
      expect(error).toBeUndefined();
      expect(missing(service, all, read)).toEqual([]);
      // A query to the time of the last row gives that row again.
      expect(service.requests).toBeLessThanOrEqual(2 * Math.ceil(seconds.length / (pageRows - 1)) + 1);
      expect(service.remedies).not.toContain('halved');
    }),
    runs(500),
  );
});
