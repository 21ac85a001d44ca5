import { expect, test } from '@jest/globals';
import { number, size, text } from '../../../src/microsoft/http/json.js';

test.each([
  ['a text', 'a text'],
  [' ', ' '],
  ['', undefined],
  [7, undefined],
  [null, undefined],
  [undefined, undefined],
  [['a text'], undefined],
  [{ value: 'a text' }, undefined],
])('as a text, %j is %j', (value, expected) => {
  expect(text(value)).toBe(expected);
});

test.each([
  [0, 0],
  [1234, 1234],
  ['1234', 1234],
  ['0', 0],
  ['999999999999999', 999_999_999_999_999],
  // Beyond what a number holds exactly.
  ['9999999999999999', undefined],
  ['12.5', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
  [true, undefined],
  [[7], undefined],
])('as a number, %j is %j', (value, expected) => {
  expect(number(value)).toBe(expected);
});

test.each([
  [0, 0],
  [-0, 0],
  [1234, 1234],
  ['1234', 1234],
  [999_999_999_999_999, 999_999_999_999_999],
  [1e15, undefined],
  [1e300, undefined],
  [-1, undefined],
  [0.5, undefined],
  [1234.5, undefined],
  ['-1', undefined],
  ['0.5', undefined],
  [null, undefined],
])('as a size, %j is %j', (value, expected) => {
  expect(size(value)).toBe(expected);
});
