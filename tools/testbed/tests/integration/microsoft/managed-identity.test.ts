import { expect, test } from '@jest/globals';
import { appServicePath, instanceMetadataPath, type Simulator } from '../../../src/index.js';
import { withSimulator } from '../../support/client.js';

const clientId = 'b7a3d6c2-1f4e-4d0b-8a55-6e9c0d2b7f22';
const resource = 'https://graph.microsoft.com';

function withIdentities(check: (simulator: Simulator) => Promise<void>): Promise<void> {
  const tokenService = { managedIdentities: [{ kind: 'user-assigned', clientId }], identityHeader: 'secret' } as const;
  return withSimulator({}, check, { tokenService });
}

async function ask(simulator: Simulator, path: string, query: Record<string, string>, headers: Record<string, string>) {
  const response = await fetch(`${simulator.origin}${path}?${new URLSearchParams(query).toString()}`, { headers });
  return { status: response.status, body: (await response.json()) as unknown };
}

test.each([
  [appServicePath, { 'X-IDENTITY-HEADER': 'secret' }],
  [instanceMetadataPath, { Metadata: 'true' }],
])(
  '%s gives the token of an identity that is assigned, with numbers as text',
  async (path, headers: Record<string, string>) => {
    await withIdentities(async (simulator) => {
      const { status, body } = await ask(simulator, path, { resource, client_id: clientId }, headers);
      expect(status).toBe(200);
      expect(body).toEqual({
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        expires_in: expect.stringMatching(/^\d+$/),
        expires_on: expect.stringMatching(/^\d+$/),
        resource,
        token_type: 'Bearer',
      });
    });
  },
);

test.each([
  [appServicePath, { 'X-IDENTITY-HEADER': 'wrong' }, { client_id: clientId }, 401],
  [appServicePath, { 'X-IDENTITY-HEADER': 'secret' }, {}, 400],
  [appServicePath, { 'X-IDENTITY-HEADER': 'secret' }, { client_id: 'other' }, 400],
  [appServicePath, { 'X-IDENTITY-HEADER': 'secret' }, { client_id: clientId, resource: 'https://x.example' }, 400],
  [instanceMetadataPath, {}, { client_id: clientId }, 400],
  [instanceMetadataPath, { Metadata: 'true' }, { client_id: 'other' }, 400],
])('%s refuses %j %j with %i', async (path, headers, query, status) => {
  await withIdentities(async (simulator) => {
    const { status: answered } = await ask(simulator, path, { resource, ...query }, headers);
    expect(answered).toBe(status);
    expect(simulator.tokenService.requests.totals.byResult).toEqual({ 'identity-refused': 1 });
  });
});
