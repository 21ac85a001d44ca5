import { SEKOIA_JSON, SLOWEST_UPLOAD_BYTES_PER_MS } from '../budgets.js';
import type { Values } from '../configuration/values.js';
import { SendEventError } from '../errors.js';
import type { HttpClient, HttpResponse } from '../http/http-client.js';
import { NetworkError } from '../http/network-error.js';
import { RequestedWaits, retryAfterMs } from '../http/retry-after.js';
import { type JsonObject, parseObject } from '../json.js';
import { sleep } from '../time.js';

/** How the module reaches the platform. Members are absent where the module is run by hand. */
export interface Platform {
  readonly token: string | undefined;
  readonly urlCallback: string | undefined;
  readonly urlLogs: string | undefined;
  readonly urlSecrets: string | undefined;
}

/** @throws ConfigurationError where a file is there but cannot be read */
export function readPlatform(values: Values): Platform {
  const callback = values.text('url_callback');
  const derived = (last: string) => callback?.replaceAll('/callback', last);
  return {
    token: values.text('token'),
    urlCallback: callback,
    urlLogs: values.text('url_logs') ?? derived('/logs'),
    urlSecrets: values.text('url_secrets') ?? derived('/secrets'),
  };
}

const RESPONSE_MS = 30_000;
const TRIES = 10;

interface CallbackOptions {
  /** The value url_callback. */
  readonly url: string;
  readonly token: string;
  readonly http: HttpClient;
  /** The unit of the waits. */
  readonly secondMs?: number;
}

/** The address at which the platform takes a trigger's events, and the results of actions and validators. */
export class Callback {
  readonly #options: CallbackOptions;

  constructor(options: CallbackOptions) {
    this.#options = options;
  }

  /**
   * Resolves once the platform has taken the JSON text. A 4xx is final; after anything else it is tried again after
   * 2, 4, 8 … s, or as late as the platform asks, 10 times in all, as the Python SDK does it.
   * @throws SendEventError; the signal's reason once it is aborted
   */
  async send(method: 'POST' | 'PATCH', json: string, signal: AbortSignal): Promise<HttpResponse> {
    const requested = new RequestedWaits();
    for (let tried = 1; ; tried += 1) {
      signal.throwIfAborted();
      const outcome = await this.#try(method, json, signal);
      if (typeof outcome !== 'string' && outcome.status >= 200 && outcome.status < 300) return outcome;
      signal.throwIfAborted();
      const status = typeof outcome === 'string' ? undefined : outcome.status;
      const refused = status !== undefined && status >= 400 && status < 500;
      if (refused || tried === TRIES) throw failure(status, outcome);
      const askedMs = typeof outcome === 'string' ? 0 : (retryAfterMs(outcome, Date.now()) ?? 0);
      await sleep(Math.max((this.#options.secondMs ?? 1_000) * 2 ** tried, requested.obey(askedMs)), signal);
    }
  }

  /**
   * Tells that an action or a validator is running: `PATCH {"status":"running"}`, with further `members`. The answer
   * `{"module_configuration":{"value":{…}}}` holds the module's configuration with its secrets. Undefined where it is
   * no JSON object. Source: `set_task_as_running` in the Python SDK's action.py and account_validator.py.
   * @throws as `send`
   */
  async begin(signal: AbortSignal, members: JsonObject = {}): Promise<JsonObject | undefined> {
    const answer = await this.send('PATCH', JSON.stringify({ status: 'running', ...members }), signal);
    return parseObject(answer.text, SEKOIA_JSON);
  }

  /** The answer, or why there was none. */
  async #try(method: 'POST' | 'PATCH', json: string, signal: AbortSignal): Promise<HttpResponse | string> {
    const { url, token, http } = this.#options;
    const body = Buffer.from(json);
    try {
      return await http.send({
        method,
        url,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body,
        responseMs: RESPONSE_MS + Math.ceil(body.length / SLOWEST_UPLOAD_BYTES_PER_MS),
        signal,
      });
    } catch (error) {
      if (error instanceof NetworkError) return error.message;
      throw error;
    }
  }
}

/** Undefined where the module is run by hand. */
export function callbackTo({ token, urlCallback }: Partial<Platform>, http: HttpClient): Callback | undefined {
  return token === undefined || urlCallback === undefined ? undefined : new Callback({ url: urlCallback, token, http });
}

function failure(status: number | undefined, outcome: HttpResponse | string): SendEventError {
  const reason = typeof outcome === 'string' ? outcome : `it answered ${outcome.status}`;
  const guidance =
    status !== undefined && status < 500
      ? 'Check the playbook, and restart it; if that does not help, report it to the support of Sekoia.io.'
      : "Check Sekoia.io's status and the network.";
  return new SendEventError(`The platform did not take what was sent to its callback: ${reason}. ${guidance}`, status);
}
