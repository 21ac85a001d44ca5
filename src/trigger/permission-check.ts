import { SettingsError } from '../errors.js';
import type { Api } from '../microsoft/clouds.js';
import { insteadOf, type WantedPermission } from '../microsoft/permissions.js';
import type { Guidance } from '../sources/refusals.js';

export interface PermissionCheckOptions {
  readonly api: Api;
  readonly wanted: WantedPermission;
  readonly guidance: Guidance;
  readonly warn: (sentence: string) => void;
}

/**
 * Names a permission that a fresh token lacks, before the first query is refused. Graph refuses without it for sure.
 * What the Reporting Web Service takes Microsoft does not document, so that is a warning, once.
 */
export class PermissionCheck {
  readonly #options: PermissionCheckOptions;
  #hasWarned = false;

  constructor(options: PermissionCheckOptions) {
    this.#options = options;
  }

  /** @throws SettingsError where Microsoft Graph would refuse the token */
  check(token: string): void {
    const { api, wanted, guidance, warn } = this.#options;
    const held = insteadOf(wanted, token);
    if (held === undefined) return;
    const problem = `The sign-in works, but the permission ${wanted.name} is missing: the token has ${held}. ${guidance.refused}`;
    if (api === 'graph') throw new SettingsError(problem);
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warn(`${problem} Reading is tried all the same. [MT-PERMISSION]`);
  }
}
