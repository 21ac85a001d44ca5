import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { MAX_TOKEN_RESPONSE_BYTES, noteTokenFields, TOKEN_JSON } from '@sekoia/automation-sdk-shim';
import type { Transport } from './transport.js';
import { unavailable } from './unavailable.js';
import { parseJson } from './json.js';
import { number, text } from './field.js';
import { isObject, type JsonObject, type JsonValue } from '../json.js';

/**
 * Carries the requests of Microsoft's authentication library over our own transport: the same limits, proxies and
 * metrics.
 */
export class MsalNetwork implements INetworkModule {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;
  #failure: Error | undefined;

  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  /** Why the last request came to nothing; the library passes on an error of its own instead. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send('GET', url, options);
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send('POST', url, options);
  }

  async #send<T>(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<T>> {
    const { headers = {}, body } = options;
    const request = {
      method,
      url: new URL(url),
      headers,
      maxResponseBytes: MAX_TOKEN_RESPONSE_BYTES,
      ...(body !== undefined && { body }),
    };
    // The assertion that the library has signed, too: whoever answers can echo what was sent.
    noteTokenFields(new URLSearchParams(body));
    try {
      const response = await this.#transport.send(request, this.#signal);
      const away = unavailable(response);
      if (away !== undefined) throw away;
      const fields = fieldsOf(parseJson(response.body, response.host, TOKEN_JSON));
      return { status: response.status, headers: {}, body: fields as T };
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }
}

const texts = ['access_token', 'token_type', 'error', 'error_description', 'suberror'] as const;
const numbers = ['expires_in', 'ext_expires_in', 'refresh_in'] as const;

/**
 * What we need of an answer, where it has the type that it should have: the library trusts that all of it has, and
 * would read tokens of identity that nobody asked for. No field at all is no error to it.
 */
function fieldsOf(response: JsonValue): JsonObject {
  if (!isObject(response)) return {};
  noteTokenFields(Object.entries(response));
  const fields = [
    ...texts.map((name) => [name, text(response[name])]),
    ...numbers.map((name) => [name, number(response[name])]),
  ];
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as JsonObject;
}
