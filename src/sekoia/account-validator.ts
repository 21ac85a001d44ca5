import { AccountValidator } from '@sekoia/automation-sdk-shim';
import { runChecks, textOf } from '../checks/check.js';
import { connectedAccountOptions } from '../settings/options.js';
import type { ModuleConfiguration } from '../settings/values.js';
import { accountChecks } from './account-checks.js';
import { signInMeansOf } from './sign-in-means.js';

/**
 * Tries the connected account out when an operator saves it. An empty one works: triggers then need settings of their
 * own, as they did before there were accounts.
 */
export class ConnectedAccountValidator extends AccountValidator {
  override async validate(): Promise<boolean> {
    // manifest.json has vouched for the shape; it fills in nothing.
    const settings = this.moduleConfiguration as ModuleConfiguration;
    if (Object.keys(settings).length === 0) {
      this.log.info('The connected account is empty: triggers use their own settings.');
      return true;
    }
    const means = signInMeansOf({
      http: this.http,
      hide: (secret) => {
        this.hide(secret);
        // The process ends with the check.
        return () => undefined;
      },
      warn: (sentence) => this.log.warning(sentence),
    });
    const checks = accountChecks(connectedAccountOptions(settings), means);
    for await (const result of runChecks(checks, this.stopping)) {
      const text = textOf(result);
      if (result.outcome === 'bad') {
        this.error = text;
        return false;
      }
      this.log.info(`The check "${result.name}": ${text}`);
    }
    return true;
  }
}
