import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSimulator, type Simulator } from '@local/testbed';
import { SettingsError, UnavailableError } from '../../../src/model/errors.js';
import { requestManagedIdentityToken } from '../../../src/microsoft/sign-in/managed-identity.js';
import { transportWith } from '../../support/outbound.js';

const clientId = 'b7a3d6c2-1f4e-4d0b-8a55-6e9c0d2b7f22';

let tenant: Simulator;
beforeAll(async () => {
  tenant = await startSimulator({ tokenService: { managedIdentities: [{ kind: 'user-assigned', clientId }] } });
  // In the place of 169.254.169.254.
  process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = tenant.origin;
});
afterAll(async () => {
  delete process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'];
  await tenant.close();
});

const ask = (itsId?: string) =>
  requestManagedIdentityToken(
    { clientId: itsId, scope: 'https://graph.microsoft.com/.default', transport: transportWith() },
    new AbortController().signal,
  );

test('the endpoint of a virtual machine gives a token to a user-assigned identity', async () => {
  expect((await ask(clientId)).lifetimeMs).toBeGreaterThan(3_500_000);
});

test('an identity that is not assigned is said, with what to do', async () => {
  const error: unknown = await ask().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SettingsError);
  expect((error as Error).message).toMatch(/HTTP 400: Identity not found.*leave client_id empty/);
});

test('a machine outside of Azure, which has no endpoint, is told from a service that is away', async () => {
  await tenant.close();
  const error: unknown = await ask(clientId).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnavailableError);
  expect((error as Error).message).toMatch(
    /could not be reached: ECONNREFUSED\. If this lasts, .* works in Azure only/,
  );
});
