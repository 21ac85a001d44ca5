import { expect, test } from '@jest/globals';
import { basicAuthorization } from '../../../src/microsoft/basic-authorization.js';

test.each([
  ['svc-trace@contoso.com', 'C0rrect-h0rse', 'svc-trace@contoso.com:C0rrect-h0rse'],
  ['svc@contoso.com', 'a:b "c" \\ d', 'svc@contoso.com:a:b "c" \\ d'],
  ['jörg@contoso.com', 'pässwörd€', 'jörg@contoso.com:pässwörd€'],
])('name %s and password %s are joined by a colon, as UTF-8', (name, password, joined) => {
  const [scheme, encoded = ''] = basicAuthorization(name, password).split(' ');
  expect(scheme).toBe('Basic');
  expect(encoded).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  expect(Buffer.from(encoded, 'base64').toString('utf8')).toBe(joined);
});
