import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '@sekoia/automation-sdk-shim';
import type { MessageTraceConfiguration } from '../../../src/settings/values.js';
import { accessByAccount } from '../../../src/sekoia/access-by-account.js';

const identity = { accountName: 'svc-trace@contoso.com', accountPassword: 'C0rrect-h0rse' };
const clientId = 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14';

/** The three settings that a person must give, and the defaults of the others. */
function settingsWith(changes: Partial<MessageTraceConfiguration> = {}): MessageTraceConfiguration {
  return {
    account_name: identity.accountName,
    account_password: identity.accountPassword,
    intake_key: 'an-intake-key',
    api: 'automatic',
    start_time: 1,
    frequency: 60,
    timedelta: 0,
    late_window: 1440,
    max_requests_per_5_minutes: 90,
    chunk_size: 1000,
    compress: true,
    event_format: 'normalized',
    intake_format: 'message_trace',
    intake_server: 'https://intake.sekoia.io',
    api_url: 'https://reports.office365.com/ecp/reportingwebservice/reporting.svc',
    authority_url: 'https://login.microsoftonline.com',
    ...changes,
  };
}

describe('with name and password alone', () => {
  test('the account reads the Reporting Web Service by HTTP Basic', () => {
    expect(accessByAccount(settingsWith())).toMatchObject({
      api: 'reporting_web_service',
      credentials: { kind: 'basic', ...identity },
      organization: 'contoso.com',
    });
  });

  test('a name without a domain is a name', () => {
    const access = accessByAccount(settingsWith({ account_name: 'CONTOSO\\svc-trace' }));
    expect(access).toMatchObject({ credentials: { accountName: 'CONTOSO\\svc-trace' }, organization: undefined });
  });

  test.each(['refused', 'absent'] as const)(
    'the advice where the service has %s it names the settings that lead to Microsoft Graph',
    (occasion) => {
      const guidance = accessByAccount(settingsWith()).guidance[occasion];
      expect(guidance).toMatch(/\bclient_id\b/);
      expect(guidance).toMatch(/\btenant_id\b/);
      expect(guidance).toContain('"Message Trace (Microsoft Graph)"');
    },
  );

  test('the advice where the account is refused names what may be wrong with it', () => {
    expect(accessByAccount(settingsWith()).guidance.refused).toMatch(
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
    expect(accessByAccount(settingsWith({ client_id: clientId, api }))).toMatchObject({
      api: read,
      credentials: { kind: 'token', clientId, identity, tenant: 'contoso.com' },
      organization: 'contoso.com',
    });
  });

  test('the tenant is the one that is named, where one is', () => {
    const tenant = '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36';
    expect(accessByAccount(settingsWith({ client_id: clientId, tenant_id: tenant }))).toMatchObject({
      credentials: { tenant },
      organization: 'contoso.com',
    });
  });

  test.each(['svc-trace', 'CONTOSO\\svc-trace', 'svc-trace@'])(
    'a tenant must be named where the name of the account, %s, has no domain',
    (account_name) => {
      const access = () => accessByAccount(settingsWith({ client_id: clientId, account_name }));
      expect(access).toThrow(ConfigurationError);
      expect(access).toThrow(/"tenant_id" \(Tenant ID\) is missing.*"account_name"/);
      const named = settingsWith({ client_id: clientId, account_name, tenant_id: 'contoso.com' });
      expect(accessByAccount(named)).toMatchObject({ credentials: { tenant: 'contoso.com' } });
    },
  );

  test.each([
    ['graph', 'ExchangeMessageTrace.Read.All', /Global Reader/],
    ['reporting_web_service', 'ReportingWebService.Read of', /Set api to graph|set api to graph/],
  ] as const)('the advice for %s names the delegated permission %s', (api, permission, more) => {
    const { refused } = accessByAccount(settingsWith({ client_id: clientId, api })).guidance;
    expect(refused).toContain(`delegated permission ${permission}`);
    expect(refused).toMatch(more);
  });
});
