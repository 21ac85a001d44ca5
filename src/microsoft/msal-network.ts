import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import type { Transport } from './transport.js';
import { unavailable } from './unavailable.js';
import { parseJson } from './json.js';

/** Carries the requests of Microsoft's authentication library over our own transport: the same limits, proxies and metrics. */
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
    const request = { method, url: new URL(url), headers, ...(body !== undefined && { body }) };
    try {
      const answer = await this.#transport.send(request, this.#signal);
      const away = unavailable(answer);
      if (away !== undefined) throw away;
      return { status: answer.status, headers: {}, body: parseJson(answer.body, answer.host) as T };
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }
}
