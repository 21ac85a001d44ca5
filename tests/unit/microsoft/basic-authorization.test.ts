import { expect, test } from '@jest/globals';
import { BasicAuthorization } from '../../../src/microsoft/sign-in/authorization.js';

test.each([
  ['svc-trace@contoso.com', 'C0rrect-h0rse', 'svc-trace@contoso.com:C0rrect-h0rse'],
  ['svc@contoso.com', 'a:b "c" \\ d', 'svc@contoso.com:a:b "c" \\ d'],
  ['jörg@contoso.com', 'pässwörd€', 'jörg@contoso.com:pässwörd€'],
])('name %s and password %s are joined by a colon, as UTF-8', async (name, password, joined) => {
  const [scheme, encoded = ''] = (await new BasicAuthorization(name, password).header()).split(' ');
  expect(scheme).toBe('Basic');
  expect(encoded).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  expect(Buffer.from(encoded, 'base64').toString('utf8')).toBe(joined);
});

test('a refusal changes nothing: there is no other header to be had', async () => {
  const authorization = new BasicAuthorization('svc-trace@contoso.com', 'C0rrect-h0rse');
  const header = await authorization.header();
  expect(authorization.discard()).toBe(false);
  expect(await authorization.header()).toBe(header);
  expect(authorization.value).toBe(header);
});
