import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { ConfigurationError } from '@sekoia/automation-sdk-shim';
import type { ApplicationOptions } from '../../../src/settings/options.js';
import { accessByApplication } from '../../../src/sekoia/access-by-application.js';

const tenantId = '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36';
const clientId = 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14';
const { certificate, privateKey } = selfSignedCertificate('Message trace', 'rsa');

/** What identifies the application; what proves it is up to the test. */
function optionsWith(changes: Partial<ApplicationOptions>): ApplicationOptions {
  return {
    tenantId,
    clientId,
    credential: 'automatic',
    api: 'graph',
    authorityUrl: 'https://login.microsoftonline.com',
    ...changes,
  };
}

test('an application proves itself by its secret', () => {
  expect(accessByApplication(optionsWith({ clientSecret: 'cl1ent~Secret' }))).toMatchObject({
    api: 'graph',
    credentials: { kind: 'token', tenant: tenantId, clientId, identity: { clientSecret: 'cl1ent~Secret' } },
  });
});

test('or by its certificate, whose key is taken from the same setting', () => {
  const { credentials } = accessByApplication(optionsWith({ clientCertificate: certificate + privateKey }));
  expect(credentials).toMatchObject({
    kind: 'token',
    identity: {
      clientCertificate: {
        privateKey,
        thumbprint: new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase(),
      },
    },
  });
});

describe('a certificate that cannot be used is a mistake in the settings, said before anything is asked', () => {
  test.each([
    ['without its key', certificate, /"client_certificate".*no private key/],
    ['without itself', privateKey, /"client_certificate".*no certificate/],
    [
      'with the key of another',
      certificate + selfSignedCertificate('Another', 'rsa').privateKey,
      /another certificate/,
    ],
    ['that is rubbish', 'rubbish', /"client_certificate"/],
  ])('%s', (_, clientCertificate, sentence) => {
    const access = () => accessByApplication(optionsWith({ clientCertificate }));
    expect(access).toThrow(ConfigurationError);
    expect(access).toThrow(sentence);
  });
});

test.each([
  ['contoso.onmicrosoft.com', 'contoso.onmicrosoft.com'],
  ['contoso.com', 'contoso.com'],
  [tenantId, undefined],
])('the organisation of the tenant %s is %s', (tenant, organization) => {
  const access = accessByApplication(optionsWith({ tenantId: tenant, clientSecret: 'cl1ent~Secret' }));
  expect(access).toMatchObject({ organization, credentials: { tenant } });
});

test.each([
  ['graph', 'application permission ExchangeMessageTrace.Read.All'],
  ['reporting_web_service', 'application permission ReportingWebService.Read.All'],
] as const)('api %s is what is read, and the advice names the %s', (api, permission) => {
  const access = accessByApplication(optionsWith({ api, clientSecret: 'cl1ent~Secret' }));
  expect(access.api).toBe(api);
  expect(access.guidance.refused).toContain(permission);
  // What only the other trigger has.
  expect(access.guidance.refused).not.toMatch(/account_name|account_password/);
});

test('where Graph has no message traces the advice names the setting that leads to the other API', () => {
  const { guidance } = accessByApplication(optionsWith({ clientSecret: 'cl1ent~Secret' }));
  expect(guidance.absent).toMatch(/set api to reporting_web_service/);
});

describe('a federated token', () => {
  const environment = {
    AZURE_FEDERATED_TOKEN_FILE: '/var/run/secrets/azure/tokens/azure-identity-token',
    AZURE_TENANT_ID: 'e6d2b1c4-5a3f-4e0d-9b7c-1f2a3b4c5d6e',
    AZURE_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
    AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us/',
  };
  const without = { tenantId: undefined, clientId: undefined };
  const blank = (changes: object) => optionsWith(changes);

  test('of Azure workload identity needs no settings', () => {
    expect(accessByApplication(blank(without), environment)).toMatchObject({
      credentials: {
        kind: 'token',
        tenant: environment.AZURE_TENANT_ID,
        clientId: environment.AZURE_CLIENT_ID,
        identity: {
          federatedToken: {
            path: environment.AZURE_FEDERATED_TOKEN_FILE,
            source: 'the environment variable AZURE_FEDERATED_TOKEN_FILE',
          },
        },
      },
      authorityUrl: environment.AZURE_AUTHORITY_HOST,
    });
  });

  test('gives way to settings, one by one', () => {
    const settings = { federatedTokenFile: '/run/token', authorityUrl: 'https://login.example' };
    expect(accessByApplication(blank(settings), environment)).toMatchObject({
      credentials: { tenant: tenantId, clientId, identity: { federatedToken: { path: '/run/token' } } },
      authorityUrl: undefined,
    });
  });

  test('of the environment gives way to a secret, and so do its ids', () => {
    expect(accessByApplication(blank({ clientSecret: 's' }), environment)).toMatchObject({
      credentials: { tenant: tenantId, clientId, identity: { clientSecret: 's' } },
      authorityUrl: undefined,
    });
    expect(() => accessByApplication(blank({ clientSecret: 's', ...without }), environment)).toThrow(
      /"tenant_id" .* is missing.*"client_id" .* is missing/,
    );
  });

  test.each([
    ['AZURE_TENANT_ID', 'common'],
    ['AZURE_CLIENT_ID', 'not an id'],
    ['AZURE_AUTHORITY_HOST', 'http://login.example'],
    ['AZURE_AUTHORITY_HOST', 'login.microsoftonline.us'],
  ])('is not asked for with a wrong %s', (name, value) => {
    const access = () => accessByApplication(blank(without), { ...environment, [name]: value });
    expect(access).toThrow(new RegExp(`The environment variable ${name} must be`));
    expect(access).not.toThrow(value);
  });
});

test.each([
  [undefined, undefined],
  [clientId, clientId],
])('a managed identity with the client ID %s needs no tenant', (given, expected) => {
  const options = optionsWith({ credential: 'managed_identity', tenantId: undefined, clientId: given });
  const access = accessByApplication(options, {});
  expect(access).toMatchObject({ credentials: { kind: 'managed', clientId: expected }, organization: undefined });
});

test('a tenant in a national cloud, which answers 403 without a word, is a reason that the advice names', () => {
  for (const settings of [optionsWith({ clientSecret: 's' }), optionsWith({ credential: 'managed_identity' })])
    expect(accessByApplication(settings, {}).guidance.refused).toMatch(
      /US Government, China.*403 UnknownError.*api to reporting_web_service/,
    );
});
