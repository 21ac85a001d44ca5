import type { Agent as HttpAgent } from 'node:http';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { MAX_SEKOIA_RESPONSE_BYTES } from '../budgets.js';
import { noteCredential } from '../log/redactor.js';
import { createAgents } from './agents.js';
import { REAL_TIMERS, type Timers } from '../time.js';
import { explainCode, NetworkError, neverConnected, ProxyError } from './network-error.js';

const CONNECT_MS = 10_000;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Limit in ms for the whole exchange. */
  readonly responseMs: number;
  /** Of the unpacked body. Default: what Sekoia.io's answers need. */
  readonly maxResponseBytes?: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly text: string;
  /** The header's value, or undefined; `name` in lower case. */
  header(name: string): string | undefined;
}

export interface HttpClientOptions {
  readonly userAgent: string;
  /** Limit in ms for a connection. Default 10,000. */
  readonly connectMs?: number;
  /** Default: kept-alive connections, through the proxies of the environment. */
  readonly agents?: { readonly http: HttpAgent; readonly https: HttpAgent };
  readonly timers?: Timers;
}

/**
 * The one HTTP client: kept-alive connections, through the environment's proxies; time limits, bounded answers, no
 * redirects followed (they would carry the credentials along). Every status is an answer; everything else is a
 * NetworkError, which holds nothing of the request.
 */
export class HttpClient {
  readonly userAgent: string;
  readonly agents: Required<HttpClientOptions>['agents'];
  readonly timers: Timers;
  readonly #axios: AxiosInstance;

  constructor(options: HttpClientOptions) {
    this.userAgent = options.userAgent;
    this.agents = options.agents ?? createAgents(options.connectMs ?? CONNECT_MS);
    this.timers = options.timers ?? REAL_TIMERS;
    this.#axios = axios.create({
      httpAgent: this.agents.http,
      httpsAgent: this.agents.https,
      // The agents know the proxies; axios' own support would open a tunnel for each request.
      proxy: false,
      headers: { 'User-Agent': options.userAgent, Accept: 'application/json' },
      maxRedirects: 0,
      maxBodyLength: Infinity,
      responseType: 'text',
      // Bodies arrive as Buffers and leave as text: axios would parse the one and guess at the other.
      transformRequest: [(body: unknown) => body],
      transformResponse: [(text: unknown) => text],
      validateStatus: () => true,
    });
  }

  /** @throws NetworkError */
  async send(request: HttpRequest): Promise<HttpResponse> {
    noteCredential(request.headers['Authorization']);
    const abort = new AbortController();
    const tooLate = () => {
      const message = `no answer from ${hostOf(request.url)} within ${request.responseMs / 1_000} s`;
      abort.abort(new NetworkError(message, true, { isTimeOut: true }));
    };
    const cancel = this.timers.after(request.responseMs, tooLate);
    const stop = () => abort.abort();
    request.signal.addEventListener('abort', stop);
    if (request.signal.aborted) stop();
    try {
      const response: AxiosResponse<string> = await this.#axios.request({
        method: request.method,
        url: request.url,
        headers: { ...request.headers },
        maxContentLength: request.maxResponseBytes ?? MAX_SEKOIA_RESPONSE_BYTES,
        ...(request.body === undefined ? {} : { data: request.body }),
        signal: abort.signal,
      });
      return toResponse(response);
    } catch (error) {
      const reason: unknown = abort.signal.reason;
      throw reason instanceof NetworkError ? reason : toNetworkError(error, request.url);
    } finally {
      cancel();
      request.signal.removeEventListener('abort', stop);
    }
  }

  close(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }
}

function toResponse(response: AxiosResponse<string>): HttpResponse {
  return {
    status: response.status,
    text: response.data,
    header: (name) => {
      const value: unknown = response.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
  };
}

function toNetworkError(error: unknown, url: string): NetworkError {
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error;
  // Axios' error has the text of the one beneath; only of a ProxyError it is known to hold no secret.
  const cause = error instanceof Error ? error.cause : undefined;
  const detail = cause instanceof ProxyError ? `${code}: ${cause.message}` : explainCode(code);
  // The library has one code for this and for an answer that was cut off. What is too large is not read to its end.
  const isTooLarge = error instanceof Error && error.message.startsWith('maxContentLength');
  return new NetworkError(`no answer from ${hostOf(url)} (${detail})`, !neverConnected(error), {
    code,
    detail,
    isTooLarge,
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is not a URL';
}
