import { expect, test } from '@jest/globals';
import { directionOf, InternalDomains } from '../../../src/message-trace/direction.js';
import { record } from '../../support/records.js';

const internal = new InternalDomains(['contoso.com', '*.Fabrikam.example', '@bücher.example', ' ', 'no domain']);
const ip = '198.51.100.4';

test.each([
  ['alice@contoso.com', 'bob@contoso.com', ip, 'internal'],
  ['alice@contoso.com', 'bob@example.com', ip, 'outbound'],
  ['bob@example.com', 'alice@contoso.com', ip, 'inbound'],
  ['bob@example.com', 'eve@example.org', ip, 'external'],
  ['Alice@CONTOSO.com', 'bob@contoso.com.', ip, 'internal'],
  ['<alice@contoso.com>', '<bob@example.com>', ip, 'outbound'],
  ['alice@mail.contoso.com', 'bob@a.b.contoso.com', ip, 'internal'],
  ['alice@notcontoso.com', 'bob@contoso.com', ip, 'inbound'],
  ['alice@contoso.com.example', 'bob@contoso.com', ip, 'inbound'],
  ['alice@com', 'bob@contoso.com', ip, 'inbound'],
  ['alice@fabrikam.example', 'bob@sub.fabrikam.example', ip, 'internal'],
  ['zoë@bücher.example', 'bob@xn--bcher-kva.example', ip, 'internal'],
  ['zoë@BÜCHER.example', 'bob@example.com', ip, 'outbound'],
  ['a@bücher.example.com', 'bob@contoso.com', ip, 'inbound'],
  ['"a@contoso.com"@example.com', 'bob@contoso.com', ip, 'inbound'],
  ['bob@example.com', '"x@example.com"@contoso.com', ip, 'inbound'],
  // A bounce has no sender.
  ['<>', 'bob@contoso.com', ip, 'inbound'],
  ['<>', 'bob@contoso.com', null, 'internal'],
  ['<>', 'bob@example.com', null, 'outbound'],
  ['<>', 'bob@example.com', ip, 'external'],
  ['< >', 'bob@contoso.com', ip, 'inbound'],
  // What is no address with a domain.
  [null, 'bob@contoso.com', ip, 'unknown'],
  ['/o=ExchangeLabs/cn=alice', 'bob@contoso.com', ip, 'unknown'],
  ['alice', 'bob@contoso.com', ip, 'unknown'],
  ['alice@', 'bob@contoso.com', ip, 'unknown'],
  ['alice@contoso.com', null, ip, 'unknown'],
  ['alice@contoso.com', '<>', ip, 'unknown'],
  ['alice@contoso.com', 'bob', ip, 'unknown'],
  ['alice@contoso.com', 'bob@a b', ip, 'unknown'],
  // Exchange sends notes of its own from such an address.
  ['MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.com', 'bob@contoso.com', null, 'internal'],
])('from %j to %j, handed over by %j: %s', (SenderAddress, RecipientAddress, FromIP, direction) => {
  expect(directionOf(record({ SenderAddress, RecipientAddress, FromIP }), internal)).toBe(direction);
});

test('nothing is known without internal domains', () => {
  expect(directionOf(record({ Organization: null }), new InternalDomains(['', 'no domain']))).toBe('unknown');
  expect(directionOf(record({ Organization: 'Contoso Ltd.' }), new InternalDomains([]))).toBe('unknown');
});

test('the organization that a row names is internal, too', () => {
  const none = new InternalDomains([]);
  const row = { SenderAddress: 'a@contoso.com', RecipientAddress: 'b@contoso.onmicrosoft.com' };
  const named = (Organization: string) => record({ ...row, Organization });
  expect(directionOf(named('Contoso.onmicrosoft.com'), none)).toBe('inbound');
  expect(directionOf(named('contoso.onmicrosoft.com'), internal)).toBe('internal');
  expect(directionOf(named('fabrikam.onmicrosoft.com'), none)).toBe('external');
  expect(directionOf(named('contoso.com'), none)).toBe('outbound');
});
