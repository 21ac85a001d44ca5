import { expect, test } from '@jest/globals';
import { addressOf, domainOf } from '../../../src/message-trace/address.js';

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

test.each([
  ['Bob@Example.COM', 'example.com'],
  ['bob@example.com.', 'example.com'],
  ['"a@b"@mail.example.com', 'mail.example.com'],
  ['zoë@bücher.example', 'xn--bcher-kva.example'],
  ['bob@faß.example', 'xn--fa-hia.example'],
  ['bob@_dmarc.example.com', '_dmarc.example.com'],
  ['/o=ExchangeLabs/cn=Recipients/cn=bob', undefined],
  ['bob@', undefined],
  ['bob@a b', undefined],
  [undefined, undefined],
])('the domain of %j is %j', (address, domain) => {
  expect(domainOf(address)).toBe(domain);
});
