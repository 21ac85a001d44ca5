import pRetry from 'p-retry';
import type { HttpClient } from '../http/http-client.js';
import { isObject, parseObject, type JsonObject } from '../json.js';

const ANSWER_MS = 30_000;
const TRIES = 10;

export interface ModuleSecretsRequest {
  readonly url: string;
  readonly token: string;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  /** The first wait in ms between tries; it doubles up to 10 times as much. */
  readonly firstWaitMs?: number;
}

/** The platform did not hand out the module's secrets. */
class SecretsError extends Error {
  override readonly name = 'SecretsError';
}

/**
 * The secret part of the module's configuration: `GET url_secrets` answers `{"value": {…}}`. Tried 10 times.
 * @throws SecretsError or NetworkError of the last try; the signal's reason once it is aborted
 */
export function fetchModuleSecrets(request: ModuleSecretsRequest): Promise<JsonObject> {
  const firstWaitMs = request.firstWaitMs ?? 1_000;
  return pRetry(() => askOnce(request), {
    retries: TRIES - 1,
    minTimeout: firstWaitMs,
    maxTimeout: 10 * firstWaitMs,
    signal: request.signal,
  });
}

async function askOnce({ url, token, http, signal }: ModuleSecretsRequest): Promise<JsonObject> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await http.send({ method: 'GET', url, headers, answerMs: ANSWER_MS, signal });
  const value = answer.status === 200 ? parseObject(answer.text)?.['value'] : undefined;
  if (!isObject(value)) {
    throw new SecretsError(
      `The platform answered ${answer.status} without secrets when asked for the module's secrets.`,
    );
  }
  return value;
}
