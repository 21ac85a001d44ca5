/** The checks of the connected account. */
import type { Check } from '../checks/check.js';
import { type CheckedApi, microsoftChecks } from '../checks/microsoft-checks.js';
import { addressOf, scopeOf } from '../microsoft/clouds.js';
import { BearerAuthorization } from '../microsoft/sign-in/authorization.js';
import { SettingsError } from '../model/errors.js';
import type { TimeRange } from '../model/ports.js';
import type { ApplicationOptions, ConnectedAccountOptions } from '../settings/options.js';
import { accessByApplication, CERTIFICATE, problemsWith, SECRET } from './access-by-application.js';
import type { Access } from './access.js';
import { permissionFor, type SignInMeans, tokenRequestFor } from './authorization-for.js';
import { readerOf } from './source-for.js';

const hourMs = 3_600_000;
const secondMs = 1_000;
/** The environment of this process says nothing about an account. */
const NO_ENVIRONMENT: NodeJS.ProcessEnv = {};

/** In the order in which they can fail: the settings themselves, and what Microsoft says. */
export function accountChecks({ application, addresses }: ConnectedAccountOptions, means: SignInMeans): Check[] {
  const problems = problemsWithAccount(application);
  const settings: Check = {
    name: 'settings',
    run: () => {
      if (problems.length > 0) throw new SettingsError(problems.join(' '));
      return { outcome: 'good', sentence: 'The settings are complete.' };
    },
  };
  if (problems.length > 0) return [settings];
  const access = accountAccess(application);
  const apiUrl = addressOf(access.api, addresses.apiUrl);
  return [settings, ...microsoftChecks(checkedApi(access, apiUrl, addresses.authorityUrl, means))];
}

/** How the account signs in, where there is no problem with it. */
export function accountAccess(application: ApplicationOptions): Access {
  return accessByApplication(application, NO_ENVIRONMENT);
}

/** What the form cannot say: a sentence for each. A federated token and a managed identity belong to the trigger. */
export function problemsWithAccount(options: ApplicationOptions): string[] {
  const { clientSecret, clientCertificate } = options;
  const ofIds = (credential: ApplicationOptions['credential']) =>
    problemsWith({ ...options, credential }, NO_ENVIRONMENT);
  if (clientSecret !== undefined && clientCertificate !== undefined)
    return [...ofIds('client_secret'), `Only one of ${SECRET} and ${CERTIFICATE} may be given. Empty the other.`];
  if (clientSecret !== undefined) return ofIds('client_secret');
  if (clientCertificate !== undefined) return ofIds('client_certificate');
  return [`Nothing proves who signs in. Give ${SECRET} or ${CERTIFICATE}.`];
}

function checkedApi(access: Access, apiUrl: string, authorityUrl: string, means: SignInMeans): CheckedApi {
  const { api, guidance, credentials } = access;
  const { now, hide, dateMs } = means;
  const requestToken = tokenRequestFor(access, scopeOf(api, apiUrl), { authorityUrl }, means);
  const authorization = new BearerAuthorization({ requestToken, now, hide });
  const reader = readerOf({ apiUrl, access, authorization, means });
  return {
    api,
    guidance,
    wanted: permissionFor(api, credentials),
    authorization,
    servicePrincipal: reader.servicePrincipal,
    lastHour: async (signal) => ({ newest: await reader.newestRow(lastHour(dateMs()), signal) }),
  };
}

/** By the service's own clock, which the sign-in has told: it refuses a range that ends in its future. */
export function lastHour(nowMs: number): TimeRange {
  const end = Math.floor(nowMs / secondMs) * secondMs - secondMs;
  return { start: end - hourMs, end };
}
