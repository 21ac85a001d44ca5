import { isBlank, type Settings } from './draft.js';

/** Who signs in to which tenant, besides the secrets. */
const identities = ['account_name', 'client_id', 'tenant_id'];
/** Where the trigger reads. */
const addresses = ['api', 'api_url', 'authority_url', 'token_scope'];

/** The names of the settings that belong to one tenant: the simulated one replaces them all, and no other. */
export function tenantSettings(secretNames: readonly string[]): readonly string[] {
  return [...addresses, ...credentials(secretNames)];
}

/** Whether names or secrets of a tenant are filled in or saved. */
export function hasCredentials(
  settings: Settings,
  savedSecrets: readonly string[],
  secretNames: readonly string[],
): boolean {
  return credentials(secretNames).some((name) => savedSecrets.includes(name) || !isBlank(settings[name]));
}

/** The intake key is none of them: it opens no tenant. */
function credentials(secretNames: readonly string[]): readonly string[] {
  return [...identities, ...secretNames.filter((name) => name !== 'intake_key')];
}
