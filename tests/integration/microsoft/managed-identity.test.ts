import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { appServicePath, startSimulator, type Simulator } from '@local/testbed';
import { SettingsError, UnavailableError } from '../../../src/model/errors.js';
import { requestManagedIdentityToken } from '../../../src/microsoft/sign-in/managed-identity.js';
import { endpointSecrets } from '../../../src/microsoft/sign-in/token.js';
import { transportWith } from '../../support/outbound.js';

const scope = 'https://graph.microsoft.com/.default';
const own = '5f0c4b0e-8d1a-4a56-9a0c-2f7f9d0f1c11';
const assigned = 'b7a3d6c2-1f4e-4d0b-8a55-6e9c0d2b7f22';

let tenant: Simulator;
beforeAll(async () => {
  tenant = await startSimulator({
    tokenService: {
      managedIdentities: [
        { kind: 'system-assigned', clientId: own },
        { kind: 'user-assigned', clientId: assigned },
      ],
    },
  });
  // As App Service and Container Apps start a process. The library looks once in a process's life.
  process.env['IDENTITY_ENDPOINT'] = tenant.origin + appServicePath;
  process.env['IDENTITY_HEADER'] = tenant.tokenService.options.identityHeader;
});
beforeEach(() => tenant.tokenService.faults.clear());
afterEach(() => {
  tenant.tokenService.options.identityHeader = process.env['IDENTITY_HEADER']!;
});
afterAll(async () => {
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  await tenant.close();
});

const ask = (clientId?: string, signal = new AbortController().signal, itsScope = scope) =>
  requestManagedIdentityToken({ clientId, scope: itsScope, transport: transportWith() }, signal);
const requests = () => tenant.tokenService.requests.totals.requests;
const appid = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { appid: string }).appid;

test.each([
  ['system-assigned', undefined, own],
  ['user-assigned', assigned, assigned],
])('the %s identity is given a token by one request', async (_, clientId, whose) => {
  const before = requests();
  const { text, lifetimeMs } = await ask(clientId);
  expect(requests() - before).toBe(1);
  expect(appid(text)).toBe(whose);
  expect(lifetimeMs).toBeGreaterThan(3_500_000);
  expect(lifetimeMs).toBeLessThanOrEqual(3_600_000);
});

test('each request goes over its own transport, with its own signal, and gives another token', async () => {
  const first = await ask();
  const stop = new AbortController();
  const reason = new Error('the module stops');
  stop.abort(reason);
  await expect(ask(undefined, stop.signal)).rejects.toBe(reason);
  expect((await ask()).text).not.toBe(first.text);
});

test('a request under way ends with the reason of its own signal, and not another one', async () => {
  tenant.tokenService.faults.failNext('no-answer');
  const stop = new AbortController();
  const arrived = tenant.tokenService.requests.next();
  const asking = ask(undefined, stop.signal);
  await arrived;
  const other = ask();
  const reason = new Error('the module stops');
  stop.abort(reason);
  await expect(asking).rejects.toBe(reason);
  await expect(other).resolves.toBeDefined();
});

describe('what Azure refuses is said with what to do', () => {
  test.each([
    [
      'an identity that is not assigned',
      '00000000-1111-2222-3333-444444444444',
      scope,
      /HTTP 400: No managed identity was found.*is assigned.*client_id/,
    ],
    ['an API that the tenant does not know', undefined, 'https://graph.example/.default', /HTTP 400: AADSTS500011/],
  ])('%s', async (_, clientId, itsScope, words) => {
    const error: unknown = await ask(clientId, undefined, itsScope).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as Error).message).toMatch(words);
  });

  test('the wrong header, which is not said', async () => {
    tenant.tokenService.options.identityHeader = 'another';
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as Error).message).toMatch(/HTTP 401: Unauthorized/);
    expect((error as Error).message).not.toContain(process.env['IDENTITY_HEADER']);
  });
});

test.each(['http-503', 'http-429', 'reset-before-answer', 'no-fields-200', 'cut-off-json', 'sign-in-page'] as const)(
  'after %s it is worth asking again, and the next request goes out at once',
  async (fault) => {
    tenant.tokenService.faults.failNext(fault);
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    expect((await ask()).text).not.toBe('');
  },
);

test.each([
  [404, UnavailableError, /no managed identity endpoint at present \(HTTP 404\).*works in Azure only/],
  [410, UnavailableError, /at present \(HTTP 410\)/],
  [302, SettingsError, /HTTP 302/],
])('HTTP %i means what it does there', async (status, kind, words) => {
  const transport = transportWith();
  transport.send = ({ url }) =>
    Promise.resolve({ host: url.host, status, body: '', location: undefined, retryAfterMs: undefined });
  const asking = requestManagedIdentityToken({ clientId: undefined, scope, transport }, new AbortController().signal);
  const error: unknown = await asking.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toMatch(words);
});

test('the secret of the endpoint is known, to be kept out of the logs', () => {
  expect(endpointSecrets({ IDENTITY_HEADER: 'h', MSI_SECRET: 'm' })).toEqual(['h', 'm']);
  expect(endpointSecrets({ IDENTITY_HEADER: '' })).toEqual([]);
});
