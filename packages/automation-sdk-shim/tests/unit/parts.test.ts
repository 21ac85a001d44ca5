import { expect, test } from '@jest/globals';
import { decodePart, encodePart, joinParts, namePart, numbersOf } from '../../src/data/objects/parts.js';

const text = (content: string) => Buffer.from(content);

test('parts are in the order of their numbers, and what names none is left out', () => {
  const names = [10, 2, 100_000_000, 1].map(namePart);
  expect(names).toEqual(['00000010', '00000002', '100000000', '00000001']);
  expect(numbersOf([...names, 'notes.txt', '1', ''])).toEqual([1, 2, 10, 100_000_000]);
});

test.each([0, 8, 3 * 2 ** 32, 'whole'] as const)('a part at %s is read as it was written', (at) => {
  for (const content of [text('abc'), Buffer.alloc(0)])
    expect(decodePart(encodePart({ at, content }))).toEqual({ at, content });
});

test.each([Buffer.alloc(7), Buffer.alloc(9, 0xfe), Buffer.alloc(9, 0x7f)])('%j is no part', (body) => {
  expect(decodePart(body)).toBeUndefined();
});

test('later parts lie over earlier ones; of those before a whole one nothing counts', () => {
  const parts = [
    { at: 0, content: text('0123456789') },
    { at: 'whole', content: text('abc') },
    { at: 2, content: text('CD') },
    { at: 6, content: text('g') },
  ] as const;
  expect(joinParts(parts).toString()).toBe('abCD\0\0g');
  expect(joinParts(parts.slice(0, 1)).toString()).toBe('0123456789');
  expect(joinParts([])).toEqual(Buffer.alloc(0));
});
