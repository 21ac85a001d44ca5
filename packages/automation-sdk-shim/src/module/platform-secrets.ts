import { fetchSecrets, NO_SECRETS, SecretsError, type PlatformSecrets } from '../configuration/module-secrets.js';
import type { HttpClient } from '../http/http-client.js';
import { keepTrying } from '../keep-trying.js';
import { errorLine } from '../log/error-text.js';
import type { Log } from '../log/log.js';
import type { Platform } from './platform.js';

const REQUIRED = { tries: 10, responseMs: 30_000 };
const OTHERWISE = { tries: 3, responseMs: 10_000 };

/**
 * What depends on the platform's secrets. `required`: the manifest lists some, so the module cannot run without.
 * `masked`: the settings hold placeholders for them. `optional`: the settings may be complete as they are.
 */
export type SecretsNeed = 'required' | 'masked' | 'optional';

export interface SecretsOptions {
  readonly need: SecretsNeed;
  readonly platform: Partial<Platform>;
  readonly http: HttpClient;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * The platform's secrets; undefined where the module was stopped before they came.
 * Required ones are asked for until they come. Masked ones too, unless the platform refuses three times. Optional ones
 * are asked for three times (at most 33 s), and the module goes on without.
 */
export async function askForSecrets(options: SecretsOptions): Promise<PlatformSecrets | undefined> {
  const { need, http, log, signal } = options;
  const { token, urlSecrets: url } = options.platform;
  // Run by hand, the secrets stand in the settings.
  if (token === undefined || url === undefined) return NO_SECRETS;
  const effort = need === 'required' ? REQUIRED : OTHERWISE;
  const attempt = async () => {
    try {
      return await fetchSecrets({ ...effort, url, token, http, signal, needsModuleSecrets: need === 'required' });
    } catch (error) {
      if (signal.aborted || !goesOnAfter(error, need)) throw error;
      log.info(
        `The platform did not hand out the trigger's secrets in ${effort.tries} tries (${errorLine(error)}). ` +
          'The module goes on with the settings that it has.',
      );
      return NO_SECRETS;
    }
  };
  return keepTrying(attempt, {
    signal,
    onFailure: (error) =>
      log.error(
        `The module's secrets could not be fetched from the platform (${errorLine(error)}). ` +
          'It is tried again; if this lasts, restart the playbook.',
      ),
  });
}

function goesOnAfter(error: unknown, need: SecretsNeed): boolean {
  return need === 'optional' || (need === 'masked' && error instanceof SecretsError && error.refused);
}
