import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '@sekoia/automation-sdk-shim';
import type { AccountOptions } from '../../../src/settings/options.js';
import { accessByApplication } from '../../../src/sekoia/access-by-application.js';
import { accessByAccount, rulesForAccount } from '../../../src/sekoia/access-by-account.js';
import { tenantOf } from '../../../src/sekoia/access.js';

const identity = { accountName: 'svc-trace@contoso.com', accountPassword: 'C0rrect-h0rse' };
const clientId = 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14';

function optionsWith(changes: Partial<AccountOptions> = {}): AccountOptions {
  return { ...identity, api: 'automatic', ...changes };
}

describe('with name and password alone', () => {
  test('the account reads the Reporting Web Service by HTTP Basic', () => {
    expect(accessByAccount(optionsWith())).toMatchObject({
      api: 'reporting_web_service',
      credentials: { kind: 'basic', ...identity },
      organization: 'contoso.com',
    });
  });

  test('a name without a domain is a name', () => {
    const access = accessByAccount(optionsWith({ accountName: 'CONTOSO\\svc-trace' }));
    expect(access).toMatchObject({ credentials: { accountName: 'CONTOSO\\svc-trace' }, organization: undefined });
  });

  test.each(['refused', 'absent'] as const)(
    'the advice where the service has %s it names the settings that lead to Microsoft Graph',
    (occasion) => {
      const guidance = accessByAccount(optionsWith()).guidance[occasion];
      expect(guidance).toMatch(/\bclient_id\b/);
      expect(guidance).toMatch(/\btenant_id\b/);
      expect(guidance).toContain('"Message Trace (Microsoft Graph)"');
    },
  );

  test('the advice where the account is refused names what may be wrong with it', () => {
    expect(accessByAccount(optionsWith()).guidance.refused).toMatch(
      /account_name and account_password.*Reports reader.*HTTP Basic is switched off/,
    );
  });
});

describe('with a client_id', () => {
  test.each([
    ['automatic', 'graph'],
    ['graph', 'graph'],
    ['reporting_web_service', 'reporting_web_service'],
  ] as const)('the account signs in through Entra ID, and api %s reads %s', (api, read) => {
    expect(accessByAccount(optionsWith({ clientId, api }))).toMatchObject({
      api: read,
      credentials: { kind: 'token', clientId, identity, tenant: 'contoso.com' },
      organization: 'contoso.com',
    });
  });

  test('the tenant is the one that is named, where one is', () => {
    const tenant = '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36';
    expect(accessByAccount(optionsWith({ clientId, tenantId: tenant }))).toMatchObject({
      credentials: { tenant },
      organization: 'contoso.com',
    });
  });

  test.each(['svc-trace', 'CONTOSO\\svc-trace', 'svc-trace@'])(
    'a tenant must be named where the name of the account, %s, has no domain',
    (accountName) => {
      const access = () => accessByAccount(optionsWith({ clientId, accountName }));
      expect(access).toThrow(ConfigurationError);
      expect(access).toThrow(/"tenant_id" \(Tenant ID\) is missing.*"account_name"/);
      const named = optionsWith({ clientId, accountName, tenantId: 'contoso.com' });
      expect(accessByAccount(named)).toMatchObject({ credentials: { tenant: 'contoso.com' } });
    },
  );

  test.each([
    ['graph', 'ExchangeMessageTrace.Read.All', /Global Reader/],
    ['reporting_web_service', 'ReportingWebService.Read of', /Set api to graph|set api to graph/],
  ] as const)('the advice for %s names the delegated permission %s', (api, permission, more) => {
    const { refused } = accessByAccount(optionsWith({ clientId, api })).guidance;
    expect(refused).toContain(`delegated permission ${permission}`);
    expect(refused).toMatch(more);
  });
});

describe('the tenant', () => {
  const addresses = { apiUrl: 'https://graph.microsoft.com/v1.0', authorityUrl: 'https://login.microsoftonline.com' };
  const events = { chunkSize: 1, eventFormat: 'enriched', intakeFormat: 'message_trace' } as const;
  const tenantId = '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36';
  const { authorityUrl } = addresses;
  const application = {
    clientId,
    credential: 'automatic',
    clientSecret: 'secret',
    api: 'graph',
    authorityUrl,
  } as const;

  test.each([
    [accessByAccount(optionsWith()), 'contoso.com', ['contoso.com']],
    [
      accessByAccount(optionsWith({ clientId, tenantId: 'contoso.onmicrosoft.com' })),
      'contoso.onmicrosoft.com',
      ['contoso.com', 'contoso.onmicrosoft.com'],
    ],
    [accessByApplication({ ...application, tenantId }), tenantId, []],
    [accessByApplication({ ...application, tenantId: 'fabrikam.com' }), 'fabrikam.com', ['fabrikam.com']],
    [accessByApplication({ ...application, credential: 'managed_identity' }), undefined, []],
  ])('has the domains that the settings tell, beside those that are given (%#)', (access, id, own) => {
    const given = tenantOf(access, { addresses, events: { ...events, internalDomains: ['*.Example.com'] } });
    expect(given).toMatchObject({ id, portalUrl: 'https://security.microsoft.com' });
    expect(given.internal.names).toEqual(['example.com', ...own]);
    expect(tenantOf(access, { addresses, events: { ...events, internalDomains: [] } }).internal.names).toEqual(own);
  });

  test('what is no domain is named by its place, and not quoted', () => {
    const settings = {
      account_name: 'a@contoso.com',
      internal_domains: ['contoso.com', 's3cret w0rd', '@bücher.example'],
    };
    expect(rulesForAccount(settings)).toEqual([
      'Entry 2 of "internal_domains" (Internal domains) must be a domain such as contoso.com, not a text of 11 characters.',
    ]);
  });
});
