import pRetry from 'p-retry';
import { SEKOIA_JSON } from '../budgets.js';
import type { HttpClient } from '../http/http-client.js';
import { isObject, type JsonObject, parseObject } from '../json.js';
import { keepTrying } from '../retry.js';
import { errorLine } from '../log/foreign-text.js';
import type { Log } from '../log/log.js';
import type { Platform } from '../module/platform.js';

/** What the platform keeps apart from the settings. */
export interface PlatformSecrets {
  /** Members of the module's configuration. */
  readonly module: JsonObject;
  /** Members of the trigger's or connector's settings. */
  readonly node: JsonObject;
}

export const NO_SECRETS: PlatformSecrets = { module: {}, node: {} };

export interface SecretsRequest {
  readonly url: string;
  readonly token: string;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  /** How often the platform is asked. */
  readonly tries: number;
  /** The longest wait for one answer, in ms. */
  readonly responseMs: number;
  /** Whether the manifest lists secrets: an answer without `value` is then a failure. */
  readonly needsModuleSecrets: boolean;
  /** The first wait in ms between tries; it doubles up to 10 times as much. */
  readonly firstWaitMs?: number;
}

/** The platform did not hand out secrets. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  /** True where the platform refuses (4xx); false where it fails. */
  readonly refused: boolean;

  constructor(message: string, refused: boolean) {
    super(message);
    this.refused = refused;
  }
}

/**
 * The secrets of this playbook's trigger or connector: `GET url_secrets` answers `{"value"?: {…}, "node_value"?: {…}}`,
 * the module's own and, since version 1.25.0 of the Python SDK (trigger.py), those of the card's `arguments.secrets`.
 * @throws SecretsError or NetworkError of the last try; the signal's reason once it is aborted
 */
export function fetchSecrets(request: SecretsRequest): Promise<PlatformSecrets> {
  const firstWaitMs = request.firstWaitMs ?? 1_000;
  return pRetry(() => askOnce(request), {
    retries: request.tries - 1,
    minTimeout: firstWaitMs,
    maxTimeout: 10 * firstWaitMs,
    signal: request.signal,
  });
}

async function askOnce(request: SecretsRequest): Promise<PlatformSecrets> {
  const { url, token, http, responseMs, signal, needsModuleSecrets } = request;
  const headers = { Authorization: `Bearer ${token}` };
  const response = await http.send({ method: 'GET', url, headers, responseMs, signal });
  const body = response.status === 200 ? parseObject(response.text, SEKOIA_JSON) : undefined;
  const { value, node_value: nodeValue } = body ?? {};
  if (body === undefined || (needsModuleSecrets && !isObject(value))) {
    const refused = response.status >= 400 && response.status < 500 && ![408, 425, 429].includes(response.status);
    throw new SecretsError(`The platform answered ${response.status} without secrets when asked for them.`, refused);
  }
  return { module: isObject(value) ? value : {}, node: isObject(nodeValue) ? nodeValue : {} };
}

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
