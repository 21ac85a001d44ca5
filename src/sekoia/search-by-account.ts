import { addressOf } from '../microsoft/clouds.js';
import { SettingsError } from '../model/errors.js';
import { GraphSearch } from '../search/graph-search.js';
import type { Addresses, ConnectedAccountOptions } from '../settings/options.js';
import { isDomain } from '../settings/values.js';
import type { Access } from './access.js';
import { accountAccess, problemsWithAccount } from './account-checks.js';
import { authorizationFor, type SignInMeans } from './authorization-for.js';

/**
 * A search as the connected account.
 * @throws SettingsError where the account cannot sign in to Microsoft Graph as it is filled in
 */
export function searchByAccount({ application, addresses }: ConnectedAccountOptions, means: SignInMeans): GraphSearch {
  const problems = problemsWithAccount(application);
  if (problems.length > 0) {
    const remedy = 'Correct the connected account of the module.';
    throw new SettingsError(problems.join(' '), { remedy });
  }
  if (application.api !== 'graph') {
    throw new SettingsError('The Reporting Web Service, which "api_url" (API address) names, cannot be searched.', {
      remedy: 'Leave api_url of the connected account empty, or give the address of Microsoft Graph.',
    });
  }
  return searchFor({ access: accountAccess(application), addresses, means });
}

interface SearchConnection {
  /** Its API is Microsoft Graph. */
  readonly access: Access;
  readonly addresses: Addresses;
  readonly means: SignInMeans;
  /** Of the tenant's 100. Default 10. */
  readonly requestsInFiveMinutes?: number | undefined;
  /** Called once in five minutes where requests wait for one another. */
  readonly onWait?: (spacingMs: number) => void;
}

export function searchFor({ access, addresses, means, requestsInFiveMinutes, onWait }: SearchConnection): GraphSearch {
  const apiUrl = addressOf(access.api, addresses.apiUrl);
  const { transport, now, dateMs } = means;
  return new GraphSearch({
    apiUrl,
    transport,
    authorization: authorizationFor(access, apiUrl, addresses, means),
    guidance: access.guidance,
    nowMs: dateMs,
    steadyMs: now,
    organization: access.organization,
    ...(requestsInFiveMinutes !== undefined && { requestsInFiveMinutes }),
    ...(onWait && { onWait }),
  });
}

/** The domains that are known to be the tenant's own. */
export function domainsOfAccount({ application: { tenantId } }: ConnectedAccountOptions): readonly string[] {
  return tenantId !== undefined && isDomain(tenantId) ? [tenantId] : [];
}
