import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SEKOIA_JSON, type JsonBudget } from '../../src/budgets.js';
import { readBatchResponse } from '../../src/intake/event-fates.js';
import { excessOf, JsonTooLargeError, parseObject, parseWithin, readJson } from '../../src/json.js';
import { runs } from '../support/runs.js';

const boundless: JsonBudget = { characters: 1e9, depth: 1e9, members: 1e9, values: 1e9 };

interface Size {
  readonly depth: number;
  readonly members: number;
  readonly values: number;
}

/** By walking over the value: nothing of the scan under test. */
function sizeOf(value: unknown): Size {
  if (typeof value !== 'object' || value === null) return { depth: 0, members: 0, values: 1 };
  const inner = Object.values(value).map(sizeOf);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    members: Math.max(Array.isArray(value) ? 0 : inner.length, ...inner.map(({ members }) => members)),
    values: 1 + inner.reduce((sum, { values }) => sum + values, 0),
  };
}

const batchOf = (count: number) =>
  Array.from({ length: count }, (_none, index) => ({ index, text: `"${index}"`, serial: index }));
const nothingKnown = { isOfAnother: () => false };

describe('a text of JSON', () => {
  test('is read where it has as much as it may, and refused where it has one more', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const size = sizeOf(value);
        // An empty object or list counts for one member more than it has.
        const enough = { ...boundless, depth: size.depth, members: Math.max(1, size.members), values: 2 * size.values };
        expect(readJson(text, enough)).toEqual(JSON.parse(text));
        if (size.depth > 0) expect(excessOf(text, { ...boundless, depth: size.depth - 1 })).toMatch(/levels/);
        if (size.members > 1) expect(excessOf(text, { ...boundless, members: size.members - 1 })).toMatch(/members/);
        if (size.values > 1) expect(excessOf(text, { ...boundless, values: size.values - 1 })).toMatch(/values/);
        expect(excessOf(text, { ...boundless, characters: text.length - 1 })).toMatch(/characters/);
      }),
      runs(500),
    );
  });

  test('may hold any number of brackets and commas in its strings', () => {
    const strict = { characters: 1000, depth: 1, members: 1, values: 2 };
    for (const string of [',,,,[[[[{{{{', '\\",[[[', '\\\\', 'a"b,c"', ']]]]}}}}'])
      expect(readJson(JSON.stringify({ x: string }), strict)).toEqual({ x: string });
  });

  test('is no JSON, whatever it holds: the reader says nothing of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', 'x'), { maxLength: 40 }),
        (parts) => {
          const text = parts.join('');
          let expected: unknown;
          try {
            expected = JSON.parse(text);
          } catch {
            expected = undefined;
          }
          expect(parseWithin(boundless, text)).toEqual(expected);
        },
      ),
      runs(1000),
    );
  });

  test.each([
    ['a million members', `{${Array.from({ length: 1e6 }, (_none, index) => `"k${index}":1`).join(',')}}`],
    ['a million tiny objects', `{"event_ids":[${'{},'.repeat(1e6)}{}]}`],
    ['a million levels', '['.repeat(1e6) + ']'.repeat(1e6)],
    ['a million levels that do not end', '{"a":'.repeat(1e6)],
  ])('of %s is refused before anything is made of it', (_name, text) => {
    expect(() => readJson(text, { ...SEKOIA_JSON, characters: Infinity })).toThrow(JsonTooLargeError);
    expect(parseObject(text)).toBeUndefined();
    expect(readBatchResponse(text, batchOf(10), nothingKnown)).toEqual({ kind: 'unreadable' });
  });

  test.each([
    ['ten thousand ids', { event_ids: Array.from({ length: 10_000 }, (_none, index) => `id-${index}`) }],
    [
      'ten thousand errors by index',
      {
        errors: Object.fromEntries(
          Array.from({ length: 10_000 }, (_none, index) => [index, { status: 413, message: 'x' }]),
        ),
      },
    ],
    [
      'ten thousand results',
      {
        results: Array.from({ length: 10_000 }, (_none, index) => ({
          index,
          status: 200,
          id: `${index}`,
          error: null,
        })),
      },
    ],
  ])('of an answer to a batch of ten thousand events is read: %s', (_name, value) => {
    expect(readBatchResponse(JSON.stringify(value), batchOf(10_000), nothingKnown).kind).toBe('fates');
  });
});
