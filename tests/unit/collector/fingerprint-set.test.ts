/**
 * Few values, so that rows meet again; low words that fall on the same slot in tables of any size, at both ends of
 * them.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Fingerprint, FingerprintSet, type Sighting } from '../../../src/collector/fingerprint-set.js';

const fingerprints: fc.Arbitrary<Fingerprint> = fc.record({
  rowHigh: fc.constantFrom(0, 1, 2 ** 32 - 1),
  rowLow: fc.oneof(fc.constantFrom(0, 15, 16, 2 ** 31, 2 ** 32 - 1), fc.nat({ max: 300 })),
  status: fc.constantFrom(1, 2, 2 ** 32 - 1),
});

function sightingIn(
  known: ReadonlyMap<string, ReadonlySet<number>>,
  { rowHigh, rowLow, status }: Fingerprint,
): Sighting {
  const statuses = known.get(`${rowHigh} ${rowLow}`);
  if (statuses === undefined) return 'new';
  return statuses.has(status) ? 'repeat' : 'changed';
}

test('tells new, changed and repeated rows apart as a map of sets does, while it grows', () => {
  const expected = fc.constantFrom(0, 1, 8, 9, 200);
  fc.assert(
    fc.property(expected, fc.array(fingerprints, { maxLength: 400 }), fingerprints, (size, sequence, stranger) => {
      const set = new FingerprintSet(size);
      const known = new Map<string, Set<number>>();
      for (const fingerprint of sequence) {
        expect(set.look(fingerprint)).toBe(sightingIn(known, fingerprint));
        set.add(fingerprint);
        const row = `${fingerprint.rowHigh} ${fingerprint.rowLow}`;
        known.set(row, (known.get(row) ?? new Set()).add(fingerprint.status));
        expect(set.look(fingerprint)).toBe('repeat');
      }
      for (const fingerprint of [...sequence, stranger]) {
        expect(set.look(fingerprint)).toBe(sightingIn(known, fingerprint));
        const statuses = known.get(`${fingerprint.rowHigh} ${fingerprint.rowLow}`) ?? [];
        expect(set.lastStatus(fingerprint)).toBe([...statuses].at(-1));
      }
      expect(set.size).toBe([...known.values()].reduce((sum, statuses) => sum + statuses.size, 0));
    }),
  );
});

test('holds a fingerprint in at most 48 bytes once it has grown, and in as much from the start when told how many will come', () => {
  const count = 10_000;
  const grown = new FingerprintSet();
  const prepared = new FingerprintSet(count);
  const preparedBytes = prepared.bytes;
  for (let index = 0; index < count; index += 1) {
    const fingerprint = { rowHigh: index, rowLow: Math.imul(index, 2_654_435_761) >>> 0, status: 1 };
    grown.add(fingerprint);
    prepared.add(fingerprint);
  }
  expect(grown.bytes).toBeLessThanOrEqual(count * 48);
  expect([prepared.bytes, prepared.size]).toEqual([preparedBytes, count]);
});

test('keeps as many statuses of a row as there can be, and no more', () => {
  const set = new FingerprintSet();
  for (let status = 1; status <= 1_000; status += 1) set.add({ rowHigh: 1, rowLow: 2, status });
  expect(set.look({ rowHigh: 1, rowLow: 2, status: 12 })).toBe('repeat');
  expect(set.size).toBeLessThan(20);
});
