import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apiAt, settingsFromAccount } from '../../../src/settings/connected-account.js';
import { applicationSettings, moduleSettings } from '../../../src/settings/definition.js';

const graph = 'https://graph.microsoft.us/v1.0';
const reports = 'https://reports.office365.us/ecp/reportingwebservice/reporting.svc';
const addresses = { authority_url: 'https://login.microsoftonline.us', api_url: graph };
const withoutSecret = {
  tenant_id: 'contoso.com',
  client_id: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14',
  ...addresses,
};
const account = { ...withoutSecret, client_secret: 'of the account' };

describe('the trigger takes from the account', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['everything that it has no setting for', {}, account],
    ['the rest, where it names a tenant of its own', { tenant_id: 'x' }, { ...account, tenant_id: undefined }],
    ['no secret for another application', { client_id: 'x' }, { ...withoutSecret, client_id: undefined }],
    [
      'the secret for the same application',
      { client_id: ` ${account.client_id.toUpperCase()}` },
      { ...account, client_id: undefined },
    ],
    ['no secret beside one of its own', { client_secret: 'x' }, withoutSecret],
    ['no secret beside a certificate of its own', { client_certificate: 'x' }, withoutSecret],
    ['no secret beside a token of its own', { federated_token_file: '/x' }, withoutSecret],
    ['no secret where it signs in with a token', { credential: 'federated_token' }, withoutSecret],
    [
      'the secret that it names, whatever else it has',
      { credential: 'client_secret', client_certificate: 'x' },
      account,
    ],
    ['no secret where it names a certificate', { credential: 'client_certificate' }, withoutSecret],
    ['addresses only, for an identity of the machine', { credential: 'managed_identity' }, addresses],
    [
      'addresses that the form filled in',
      { api_url: 'https://graph.microsoft.com/v1.0', authority_url: ' https://login.microsoftonline.com/ ' },
      account,
    ],
    [
      'no address in the place of its own',
      { api_url: 'https://graph.example', authority_url: 'https://login.example' },
      { ...withoutSecret, api_url: undefined, authority_url: undefined },
    ],
    [
      'no secret for a sign-in elsewhere',
      { authority_url: 'https://login.example' },
      { ...withoutSecret, authority_url: undefined },
    ],
    [
      'no secret that it names for an API elsewhere',
      { credential: 'client_secret', api_url: 'https://graph.example' },
      { ...withoutSecret, api_url: undefined },
    ],
    [
      'the secret for the addresses of the account',
      { api_url: `${graph}/`, authority_url: addresses.authority_url },
      { ...account, api_url: undefined, authority_url: undefined },
    ],
    ['no address of the other API', { api: 'reporting_web_service' }, { ...account, api_url: undefined }],
  ])('%s', (_title, own, expected) => {
    const present = Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined));
    expect(settingsFromAccount(own, account)).toEqual(present);
  });

  test('the address of the Reporting Web Service where that is read', () => {
    const other = { ...account, api_url: reports };
    expect(settingsFromAccount({ api: 'reporting_web_service' }, other)).toMatchObject({ api_url: reports });
    expect(settingsFromAccount({}, other)).not.toHaveProperty('api_url');
  });

  test('no credential of an account that names no application', () => {
    expect(settingsFromAccount({ client_id: 'x' }, { client_secret: 'x' })).toEqual({});
    expect(settingsFromAccount({}, { client_secret: 'x' })).toEqual({});
  });
});

const anyOf = (settings: object) =>
  fc.record(Object.fromEntries(Object.keys(settings).map((name) => [name, fc.string()])), { requiredKeys: [] });

test('nothing is taken from an empty account, whatever the trigger has', () => {
  fc.assert(fc.property(anyOf(applicationSettings), (own) => expect(settingsFromAccount(own, {})).toEqual({})));
});

test('no setting of the trigger is replaced, but an address that has its default', () => {
  fc.assert(
    fc.property(anyOf(applicationSettings), anyOf(moduleSettings), (own, given) => {
      for (const [name, value] of Object.entries(settingsFromAccount(own, given))) {
        expect(own).not.toHaveProperty(name);
        expect(value).toBe(given[name]);
      }
    }),
  );
});

test('the account has no setting that the trigger does not know', () => {
  for (const name of Object.keys(moduleSettings)) expect(applicationSettings).toHaveProperty(name);
});

test.each([
  [graph, 'graph'],
  ['http://127.0.0.1:1/v1.0', 'graph'],
  [reports, 'reporting_web_service'],
  ['https://x.example/ECP/ReportingWebService/Reporting.svc/', 'reporting_web_service'],
])('%s is an address of %s', (address, api) => {
  expect(apiAt(address)).toBe(api);
});
