import { credentials } from '../../../src/form/tenant-settings.js';
import { isBlank, type Settings } from './draft.js';

/** Whether names or secrets of a tenant are filled in or saved. */
export function hasCredentials(
  settings: Settings,
  savedSecrets: readonly string[],
  secretNames: readonly string[],
): boolean {
  return credentials(secretNames).some((name) => savedSecrets.includes(name) || !isBlank(settings[name]));
}
