import { addressOf, scopeOf } from '../microsoft/clouds.js';
import { BearerAuthorization } from '../microsoft/sign-in/authorization.js';
import { SettingsError } from '../model/errors.js';
import { GraphSearch } from '../search/graph-search.js';
import type { ConnectedAccountOptions } from '../settings/options.js';
import { isDomain } from '../settings/values.js';
import { accountAccess, problemsWithAccount } from './account-checks.js';
import { type SignInMeans, tokenRequestFor } from './authorization-for.js';

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
  const access = accountAccess(application);
  const apiUrl = addressOf(access.api, addresses.apiUrl);
  const { transport, now, hide, dateMs } = means;
  const requestToken = tokenRequestFor(access, scopeOf(access.api, apiUrl), addresses, means);
  return new GraphSearch({
    apiUrl,
    transport,
    authorization: new BearerAuthorization({ requestToken, now, hide }),
    guidance: access.guidance,
    nowMs: dateMs,
    steadyMs: now,
    organization: access.organization,
  });
}

/** The domains that are known to be the tenant's own. */
export function domainsOfAccount({ application: { tenantId } }: ConnectedAccountOptions): readonly string[] {
  return tenantId !== undefined && isDomain(tenantId) ? [tenantId] : [];
}
