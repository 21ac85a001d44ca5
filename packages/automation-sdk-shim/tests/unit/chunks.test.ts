import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchAddress } from '../../src/module/connector.js';
import { chunksOf, type Chunk } from '../../src/intake/chunks.js';
import { ConfigurationError } from '../../src/errors.js';

const tooLarge = 'x'.repeat(250_001);
const events = fc.array(fc.oneof({ weight: 6, arbitrary: fc.string({ maxLength: 30 }) }, fc.constant(tooLarge)), {
  maxLength: 30,
});

function indicesOf(chunk: Chunk): number[] {
  return [...chunk.events, ...chunk.rejected].map(({ index }) => index).sort((a, b) => a - b);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_none, offset) => from + offset);
}

test('chunks are contiguous, keep their limits and hold every event once', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 200, max: 400 }), (given, max, bytes) => {
      let next = 0;
      for (const chunk of chunksOf(given, { events: max, bytes })) {
        expect(chunk.from).toBe(next);
        expect(indicesOf(chunk)).toEqual(range(chunk.from, chunk.to));
        expect(chunk.events.length).toBeLessThanOrEqual(max);
        expect(Buffer.byteLength(chunk.events.map(({ text }) => text).join(','))).toBeLessThanOrEqual(bytes);
        next = chunk.to;
      }
      expect(next).toBe(given.length);
    }),
  );
});

test.each([
  [
    { given: 'https://a.example', platform: 'https://b.example', fallback: 'https://a.example' },
    'https://a.example/batch',
  ],
  [{ given: undefined, platform: 'https://b.example/', fallback: 'https://a.example' }, 'https://b.example/batch'],
  [{ given: undefined, platform: undefined, fallback: 'https://a.example' }, 'https://a.example/batch'],
  [
    { given: 'https://intake.fra2.sekoia.io/api/v1/intake-http/', platform: undefined, fallback: undefined },
    'https://intake.fra2.sekoia.io/api/v1/intake-http/batch',
  ],
])('the intake of %j is %s', (choice, expected) => {
  expect(batchAddress(choice)).toBe(expected);
});

test('without a usable address the settings are wrong', () => {
  for (const platform of [undefined, 'intake', 'ftp://intake.example']) {
    expect(() => batchAddress({ given: undefined, platform, fallback: undefined })).toThrow(ConfigurationError);
  }
});
