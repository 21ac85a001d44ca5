import { describe, expect, test } from '@jest/globals';
import { ipAddressOf } from '../../../src/microsoft/http/row-values.js';

describe('the bare address', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8::1', '2001:DB8::1'],
    ['::1', '::1'],
    // IPv4 in IPv6, in every spelling.
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:203.0.113.9', '203.0.113.9'],
    ['::ffff:cb00:7109', '203.0.113.9'],
    ['::FFFF:CB00:7109', '203.0.113.9'],
    ['0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9'],
    ['0000:0000:0000:0000:0000:ffff:cb00:7109', '203.0.113.9'],
    ['::ffff:0:0', '0.0.0.0'],
    // Not mapped, though they look like it.
    ['2001:db8:ffff::1', '2001:db8:ffff::1'],
    ['::ffff:0:203.0.113.9', '::ffff:0:203.0.113.9'],
    ['::203.0.113.9', '::203.0.113.9'],
    // With a port.
    ['203.0.113.9:25', '203.0.113.9'],
    ['203.0.113.9:65535', '203.0.113.9'],
    ['[2001:db8::1]:25', '2001:db8::1'],
    ['[203.0.113.9]:25', '203.0.113.9'],
    ['[::ffff:203.0.113.9]:25', '203.0.113.9'],
    // It is unclear whether 25 is a port here. It is an address as it stands.
    ['2001:db8::1:25', '2001:db8::1:25'],
    // In brackets.
    ['[2001:db8::1]', '2001:db8::1'],
    ['[203.0.113.9]', '203.0.113.9'],
    ['[IPv6:2001:db8::1]', '2001:db8::1'],
    // With a zone.
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:25', 'fe80::1'],
    ['::ffff:203.0.113.9%3', '203.0.113.9'],
    // With blanks.
    [' 203.0.113.9 ', '203.0.113.9'],
    ['\t2001:db8::1\n', '2001:db8::1'],
    ['\u00a0203.0.113.9\u200b', '203.0.113.9'],
    ['[ 2001:db8::1 ]', '2001:db8::1'],
  ])('of %j is %s', (value, address) => {
    expect(ipAddressOf(value)).toBe(address);
  });
});

test.each([
  '',
  ' ',
  'unknown',
  '203.0.113',
  '203.0.113.256',
  '203.0.113.9:',
  '203.0.113.9:123456',
  '203.0.113.9:smtp',
  '203.0.113.9/32',
  '203.0.113.9, 198.51.100.4',
  '[203.0.113.9',
  '[]',
  '%eth0',
  '2001:db8::g',
  '[[2001:db8::1]]',
])('%j holds no address', (value) => {
  expect(ipAddressOf(value)).toBeUndefined();
});

test.each([null, undefined, 7, true, [], {}])('%j holds no address', (value) => {
  expect(ipAddressOf(value)).toBeUndefined();
});
