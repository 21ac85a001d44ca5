import { expect, test } from '@jest/globals';
import { addressOf } from '../../../src/message-trace/anomalies.js';

test.each([
  ['bob@example.com', 'bob@example.com'],
  ['<bob@example.com>', 'bob@example.com'],
  [' bob@example.com\n', 'bob@example.com'],
  ['<', '<'],
  ['a<>b', 'a<>b'],
  ['<>', undefined],
  ['< >', undefined],
  [' <> ', undefined],
  ['  ', undefined],
  [undefined, undefined],
])('the address in %j is %j', (path, address) => {
  expect(addressOf(path)).toBe(address);
});
