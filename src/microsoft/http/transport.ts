import type { Agent } from 'node:http';
import { MAX_MICROSOFT_RESPONSE_BYTES, noteCredential, retryAfterMs } from '@sekoia/automation-sdk-shim';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { DateTime } from 'luxon';
import { PlanAgainError, UnavailableError } from '../../model/errors.js';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Unpacked. By default that of a page of rows. */
  readonly maxResponseBytes?: number;
}

/** What came back, whatever its status. */
export interface Response {
  /** Who answered, for sentences. */
  readonly host: string;
  readonly status: number;
  readonly body: string;
  /** The Date header, in milliseconds since 1970. */
  readonly dateMs?: number | undefined;
  /** Where a redirect points; it was not followed. */
  readonly location: string | undefined;
  /** How long the service asks to be left alone, in milliseconds; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;
}

export interface TransportOptions {
  readonly userAgent: string;
  /** Kept-alive connections, with a limit on the time to make one; through a proxy where the environment names one. */
  readonly agents: { readonly http: Agent; readonly https: Agent };
  /** The code of an error of these connections, followed by what it means and what to do where that needs saying. */
  readonly explainCode: (code: string) => string;
  readonly mark: () => () => number;
  /** Told each answer's date, and instants before it was asked for and after it came. */
  readonly onDate?: (dateMs: number, sentAt: () => number, receivedAt: () => number) => void;
  /** Told each answer's status, or the network's error code. */
  readonly onResult?: (result: string) => void;
}

const responseTimeoutMs = 120_000;

/** One request, one answer, within a limit of time. Follows no redirect, as it would carry credentials along. */
export class Transport {
  readonly #http: AxiosInstance;
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#http = axios.create({
      httpAgent: options.agents.http,
      httpsAgent: options.agents.https,
      // The agents know the proxies of the environment; the library's own way opens a tunnel for each request.
      proxy: false,
      maxRedirects: 0,
      responseType: 'text',
      transitional: { silentJSONParsing: false },
      transformRequest: (body: unknown) => body,
      transformResponse: (body: unknown) => body,
      validateStatus: () => true,
      headers: { Accept: 'application/json', 'User-Agent': options.userAgent },
    });
  }

  /**
   * @throws UnavailableError where no answer came, or none that was complete in time; PlanAgainError where it was too
   * large
   */
  async send(request: Request, signal: AbortSignal): Promise<Response> {
    const { onDate, onResult, mark } = this.#options;
    const sentAt = mark();
    const response = await this.#exchange(request, signal);
    onResult?.(String(response.status));
    const header = (name: string): string | undefined => {
      const value: unknown = response.headers[name];
      return typeof value === 'string' ? value : undefined;
    };
    const date = DateTime.fromHTTP(header('date') ?? '');
    if (date.isValid) onDate?.(date.toMillis(), sentAt, mark());
    return {
      host: request.url.host,
      status: response.status,
      body: response.data,
      dateMs: date.isValid ? date.toMillis() : undefined,
      location: header('location'),
      retryAfterMs: retryAfterMs({ header }, mark()()),
    };
  }

  async #exchange(request: Request, signal: AbortSignal): Promise<AxiosResponse<string>> {
    const { method, url, headers, body, maxResponseBytes = MAX_MICROSOFT_RESPONSE_BYTES } = request;
    signal.throwIfAborted();
    noteCredential(headers['Authorization']);
    // The library's own limit is one on silence: an answer that drips would never end.
    const deadline = AbortSignal.timeout(responseTimeoutMs);
    const stop = new AbortController();
    const abort = () => stop.abort();
    for (const one of [deadline, signal]) one.addEventListener('abort', abort, { signal: stop.signal });
    try {
      return await this.#http.request<string>({
        method,
        url: url.href,
        headers: { ...headers },
        data: body,
        maxContentLength: maxResponseBytes,
        signal: stop.signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      // The library's error holds the request with its credentials: nothing of it but the code goes further.
      const known = axios.isAxiosError(error) ? error.code : undefined;
      const code = deadline.aborted ? 'no complete answer in time' : (known ?? 'no answer');
      this.#options.onResult?.(code);
      if (deadline.aborted)
        // Five tries of two minutes would hold up everything else.
        throw new PlanAgainError(`${url.host} gave no complete answer within ${responseTimeoutMs / 1000} s.`, {
          mayBeTheRange: true,
        });
      if (isTooLarge(error))
        throw new PlanAgainError(`${url.host} answered more than ${maxResponseBytes} bytes.`, {
          mayBeTheRange: true,
        });
      const hint = code === 'ENOTFOUND' ? ' If this lasts, check the address: the service may have been retired.' : '';
      throw new UnavailableError(`${url.host} could not be reached: ${this.#options.explainCode(code)}.${hint}`);
    } finally {
      abort();
    }
  }
}

/**
 * The library has one code for this and for an answer that was cut off. Unpacked bytes count: what is too large is not
 * read to its end.
 */
function isTooLarge(error: unknown): boolean {
  return axios.isAxiosError(error) && error.message.startsWith('maxContentLength');
}
