import { ConfigurationError } from '@sekoia/automation-sdk-shim';
import type { MessageTraceConfiguration } from '../configuration/settings.js';
import type { Access } from './access.js';
import { accountByPassword, accountByToken } from './advice.js';

/**
 * A service account: with its name and password alone it reads the Reporting Web Service, with HTTP Basic. With a client_id it signs in through
 * Entra ID, and reads Microsoft Graph unless the setting `api` says otherwise.
 * @throws ConfigurationError
 */
export function accessByAccount(settings: MessageTraceConfiguration): Access {
  const { account_name: accountName, account_password: accountPassword, client_id: clientId } = settings;
  const domain = /@([^@\s]+)$/.exec(accountName)?.[1];
  if (clientId === undefined) {
    return {
      api: 'reporting_web_service',
      credentials: { kind: 'basic', accountName, accountPassword },
      organization: domain,
      advice: accountByPassword,
    };
  }
  const api = settings.api === 'automatic' ? 'graph' : settings.api;
  const tenant = settings.tenant_id ?? domain;
  if (tenant === undefined) {
    throw new ConfigurationError(
      '"tenant_id" (Tenant ID) is missing, and "account_name" (Account name) names no domain to use in its place. Correct the settings in the playbook.',
    );
  }
  return {
    api,
    credentials: { kind: 'token', tenant, clientId, identity: { accountName, accountPassword } },
    organization: domain,
    advice: accountByToken[api],
  };
}
