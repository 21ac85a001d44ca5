import { expect, test } from '@jest/globals';
import { number, text } from '../../../src/microsoft/field.js';

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
