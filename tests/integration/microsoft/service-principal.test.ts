import { describe, expect, test } from '@jest/globals';
import { NotReadyError, SettingsError, UnavailableError } from '../../../src/model/errors.js';
import { ServicePrincipalLookup } from '../../../src/microsoft/sign-in/service-principal.js';
import { respond, startLoopback } from '../../support/loopback.js';
import { transportWith } from '../../support/outbound.js';

const { signal } = new AbortController();
const refused = new NotReadyError('It is missing or still being set up.');
const path = "/v1.0/servicePrincipals(appId='8bd644d1-64a1-4d4b-ae52-2e0cbf64e373')";

/** A Graph that gives that answer, and a look-up there. */
async function lookupAt(status: number, body: unknown) {
  const server = await startLoopback((_, response) => respond(response, status, body));
  const authorization = { header: () => Promise.resolve('Bearer a-token'), discard: () => false };
  const lookup = new ServicePrincipalLookup(`${server.origin}/v1.0`, { transport: transportWith(), authorization });
  return { server, explain: (error: unknown = refused) => lookup.explained(error, signal) };
}

describe('what the directory says explains the refusal', () => {
  test.each([
    [
      404,
      { error: { code: 'Request_ResourceNotFound', message: 'Resource does not exist.' } },
      /it has no service principal.*New-MgServicePrincipal/,
    ],
    [200, { id: 'x', accountEnabled: true }, /is there, but not active yet.*nothing to do/],
    [200, { id: 'x' }, /is there, but not active yet/],
    [200, { id: 'x', accountEnabled: false }, /is disabled.*enables it/],
  ])('HTTP %i %j', async (status, body, words) => {
    const { explain, server } = await lookupAt(status, body);
    const explained = await explain();
    expect(explained).toBeInstanceOf(NotReadyError);
    expect((explained as Error).message).toMatch(words);
    const [{ method, target, headers }] = server.received as [(typeof server.received)[number]];
    expect([method, decodeURI(target.split('?')[0]!), headers['authorization']]).toEqual([
      'GET',
      path,
      'Bearer a-token',
    ]);
  });
});

describe('the refusal stays as it is', () => {
  test.each([
    ['without the permission', 403, { error: { code: 'Authorization_RequestDenied' } }],
    ['with a token that is not taken', 401, {}],
    ['behind a proxy that knows nothing', 404, '<html>Not found</html>'],
    ['where Graph is away', 503, ''],
    ['where the answer is another one', 200, '<html>Sign in</html>'],
    ['where the answer names nothing', 200, {}],
  ])('%s', async (_, status, body) => {
    const { explain } = await lookupAt(status, body);
    expect(await explain()).toBe(refused);
  });

  test.each([[new SettingsError('no'), new UnavailableError('away'), new TypeError('bug')]])(
    'where it is another: %s',
    async (error) => {
      const { explain, server } = await lookupAt(200, { id: 'x' });
      expect(await explain(error)).toBe(error);
      expect(server.received).toEqual([]);
    },
  );
});

test('without the permission the directory is asked once', async () => {
  const { explain, server } = await lookupAt(403, {});
  await explain();
  await explain();
  expect(server.received.length).toBe(1);
});
