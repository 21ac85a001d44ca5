import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acceptor, parseLockOwner } from '../../src/data/lock-owner.js';
import { parseDocument } from '../../src/data/data-store.js';
import { MAX_DOCUMENT_BYTES } from '../../src/budgets.js';

const isTime = acceptor<string>({ type: 'string', format: 'stored-time' });

test.each([
  ['2026-11-01T12:00:00Z', true],
  ['2026-11-01T12:00:00.000001+02:00', true],
  ['1970-01-01T00:00:00Z', true],
  ['9999-12-31T00:00:00Z', true],
  ['0001-01-01T00:00:00Z', false],
  ['-271821-04-20T00:00:00Z', false],
  ['+123456-01-01T00:00:00Z', false],
  ['1969-12-31T23:59:59Z', false],
  ['yesterday', false],
  ['', false],
])('the time %s can be continued from: %s', (text, expected) => {
  expect(isTime(text)).toBe(expected);
});

test('a document that is larger than any that was ever written counts as damaged', () => {
  const text = (blanks: number) => `{"a":1${' '.repeat(blanks)}}`;
  expect(parseDocument(text(1000), () => true)).toEqual({ a: 1 });
  expect(parseDocument(text(MAX_DOCUMENT_BYTES), () => true)).toBeUndefined();
});

test('whatever lies where a holder is named, it is one within bounds or none', () => {
  fc.assert(
    fc.property(
      fc.record({ pid: fc.jsonValue(), host: fc.jsonValue(), since: fc.jsonValue(), boot_id: fc.jsonValue() }),
      (content) => {
        const lockOwner = parseLockOwner(JSON.stringify(content));
        if (lockOwner === undefined) return;
        expect(Number.isSafeInteger(lockOwner.pid) && lockOwner.pid > 0).toBe(true);
        expect(lockOwner.host.length).toBeLessThanOrEqual(255);
        expect(lockOwner.since.length).toBeLessThanOrEqual(100);
      },
    ),
  );
  for (const text of ['', '[]', 'null', '{"pid":-1,"host":"a"}', '{"pid":1e300,"host":"a"}', '{"pid":1}'])
    expect(parseLockOwner(text)).toBeUndefined();
});

test.each([
  { type: 'text' },
  { type: 'object', required: 'pid' },
  { type: 'string', maxLenght: 5 },
  { format: 'time' },
])('a schema that is wrong is refused where it is written, not where something is read: %j', (schema) => {
  expect(() => acceptor(schema)).toThrow();
});
