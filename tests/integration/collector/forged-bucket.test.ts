import { expect, test } from '@jest/globals';
import { type Fingerprint, FingerprintSet } from '../../../src/collector/fingerprint-set.js';

/** As many as a file of 10 MB has. Looked for one after the other, they would take hours. */
const MANY = 870_000;

test.each<[string, (index: number) => Fingerprint]>([
  ['the same row again and again', (index) => ({ rowHigh: 1, rowLow: 1, status: index + 1 })],
  ['rows that differ in high bits alone', (index) => ({ rowHigh: 1, rowLow: (index << 12) >>> 0, status: 1 })],
  ['rows that differ in the other word alone', (index) => ({ rowHigh: index, rowLow: 7, status: 1 })],
  [
    'a damaged file full of text',
    (index) => ({ rowHigh: 0x226b3022, rowLow: 0x3a722200 + (index % 9), status: index }),
  ],
])('takes in no time what a forged bucket holds: %s', (_, fingerprintOf) => {
  const set = new FingerprintSet(MANY);
  for (let index = 0; index < MANY; index += 1) set.add(fingerprintOf(index));
  expect(set.look(fingerprintOf(1))).toBe('repeat');
});
