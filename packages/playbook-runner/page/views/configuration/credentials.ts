import { isBlank, type Settings } from './draft.js';

/** Settings that say who signs in to which tenant. */
const identities = ['account_name', 'client_id', 'tenant_id'];

/** Whether names or secrets of a tenant are filled in or saved. The intake key is none of them: it opens no tenant. */
export function hasCredentials(
  settings: Settings,
  savedSecrets: readonly string[],
  secretNames: readonly string[],
): boolean {
  const secrets = secretNames.filter((name) => name !== 'intake_key');
  return (
    secrets.some((name) => savedSecrets.includes(name)) ||
    [...identities, ...secrets].some((name) => !isBlank(settings[name]))
  );
}
