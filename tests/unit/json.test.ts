import { expect, test } from '@jest/globals';
import { isObject } from '../../src/model/json.js';

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['{}', false],
  [undefined, false],
])('whether %j is an object: %j', (value, expected) => {
  expect(isObject(value)).toBe(expected);
});
