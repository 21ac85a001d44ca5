/** What the card cannot say about the settings of an account. */
import { ConfigurationError, type SettingsRules } from '@sekoia/automation-sdk-shim';
import { type AccountOptions, accountOptions, type Unchecked } from '../settings/options.js';
import { type Access, APPLICATION_ID, problemsWithDomains, problemsWithIds } from './access.js';
import { accountByPassword, accountByToken } from './guidance.js';
import { rulesForPrivacy } from './row-privacy.js';
import { rulesForFilters } from './row-filters.js';

export const rulesForAccount: SettingsRules = (settings) => [
  ...problemsWith(accountOptions(settings)),
  ...problemsWithDomains(settings),
  ...rulesForFilters(settings),
  ...rulesForPrivacy(settings),
];

function problemsWith(options: Unchecked<AccountOptions>): string[] {
  const { accountName: name, clientId, tenantId, api } = options;
  const problems = problemsWithIds(options);
  if (clientId === undefined && api === 'graph')
    problems.push(`"client_id" (Client ID) is missing: it must be ${APPLICATION_ID}, as "api" is "graph".`);
  if (clientId !== undefined && tenantId === undefined && typeof name === 'string' && domainOf(name) === undefined)
    problems.push(
      '"tenant_id" (Tenant ID) is missing, and "account_name" (Account name) names no domain to use in its place.',
    );
  return problems;
}

/**
 * A service account: with its name and password alone it reads the Reporting Web Service, with HTTP Basic. With a
 * client_id it signs in through Entra ID, and reads Microsoft Graph unless the setting `api` says otherwise.
 * @throws ConfigurationError where `rulesForAccount` are broken
 */
export function accessByAccount(options: AccountOptions): Access {
  const { accountName, accountPassword, clientId } = options;
  const problems = problemsWith(options);
  if (problems.length > 0) throw new ConfigurationError(problems.join(' '));
  const domain = domainOf(accountName);
  if (clientId === undefined) {
    return {
      api: 'reporting_web_service',
      credentials: { kind: 'basic', accountName, accountPassword },
      organization: domain,
      guidance: accountByPassword,
    };
  }
  const api = options.api === 'automatic' ? 'graph' : options.api;
  const tenant = options.tenantId ?? domain ?? '';
  return {
    api,
    credentials: { kind: 'token', tenant, clientId, identity: { accountName, accountPassword } },
    organization: domain,
    guidance: accountByToken[api],
  };
}

function domainOf(accountName: string): string | undefined {
  return /@([^@\s]+)$/.exec(accountName)?.[1];
}
