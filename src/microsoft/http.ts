import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { DateTime } from 'luxon';
import pRetry, { AbortError } from 'p-retry';
import { UnavailableError } from '../errors.js';

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Where a redirect points; it was not followed. */
  readonly location: string | undefined;
}

export interface ClientOptions {
  readonly userAgent: string;
  /** Kept-alive connections, with a limit on the time to make one. */
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** The value of the Authorization header. */
  readonly authorization: () => Promise<string>;
  /** Told each answer's date, and instants before it was asked for and after it came. */
  readonly onDate?: (dateMs: number, sentAt: () => number, receivedAt: () => number) => void;
  readonly mark: () => () => number;
  /** Told what failed and is tried again. */
  readonly onRetry?: (error: UnavailableError) => void;
  /** Told each answer's status, or the network's error code. */
  readonly onResult?: (result: string) => void;
}

const answerTimeoutMs = 120_000;
const largestAnswerBytes = 64 * 1024 * 1024;
const tries = 5;
const longestRetryAfterMs = 600_000;

/**
 * Asks Microsoft, and asks again when the failure is a passing one (network, 408, 429, 5xx, or whatever `interpret` calls unavailable):
 * after 1 s doubling, with jitter, and never sooner than Retry-After says. Credentials go to the configured origin only: neither a
 * redirect nor a link to another origin is followed.
 */
export class MicrosoftClient {
  readonly #http: AxiosInstance;
  readonly #origin: string;
  readonly #options: ClientOptions;

  constructor(apiUrl: string, options: ClientOptions) {
    this.#origin = new URL(apiUrl).origin;
    this.#options = options;
    this.#http = axios.create({
      httpAgent: options.agents.http,
      httpsAgent: options.agents.https,
      maxRedirects: 0,
      maxContentLength: largestAnswerBytes,
      responseType: 'text',
      transitional: { silentJSONParsing: false },
      transformResponse: (body: unknown) => body,
      validateStatus: () => true,
      headers: { Accept: 'application/json', 'User-Agent': options.userAgent },
    });
  }

  /**
   * @param interpret makes the result of an answer, or throws: an UnavailableError is tried again here (but for one of an answer that took too long), everything else is final.
   * @throws UnavailableError after five tries; whatever `interpret` throws
   */
  async get<Result>(url: URL, interpret: (answer: Answer) => Result, signal: AbortSignal): Promise<Result> {
    if (url.origin !== this.#origin)
      throw new TypeError(`${url.origin} is not the configured API's origin ${this.#origin}`);
    const { onRetry } = this.#options;
    return pRetry(
      async () => {
        try {
          return interpret(await this.#ask(url, signal));
        } catch (error) {
          if (error instanceof UnavailableError && !(error instanceof OverdueError)) throw error;
          throw new AbortError(error as Error);
        }
      },
      {
        retries: tries - 1,
        minTimeout: 1000,
        maxTimeout: 60_000,
        randomize: true,
        signal,
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (retriesLeft === 0 || !(error instanceof UnavailableError)) return;
          onRetry?.(error);
          await delay(error.retryAfterMs, undefined, { signal });
        },
      },
    );
  }

  async #ask(url: URL, signal: AbortSignal): Promise<Answer> {
    const { onDate, onResult, mark } = this.#options;
    const sentAt = mark();
    const response = await this.#send(url, signal);
    onResult?.(String(response.status));
    const header = (name: string): string | undefined => {
      const value: unknown = response.headers[name];
      return typeof value === 'string' ? value : undefined;
    };
    const date = DateTime.fromHTTP(header('date') ?? '');
    if (date.isValid) onDate?.(date.toMillis(), sentAt, mark());
    throwIfUnavailable(url, response.status, retryAfterMs(header('retry-after'), date));
    return {
      status: response.status,
      body: response.data,
      location: header('location'),
    };
  }

  /** @throws UnavailableError where no answer came, or none that was complete in time */
  async #send(url: URL, signal: AbortSignal): Promise<AxiosResponse<string>> {
    const headers = { Authorization: await this.#options.authorization() };
    signal.throwIfAborted();
    // The library's own limit is one on silence: an answer that drips would never end.
    const deadline = AbortSignal.timeout(answerTimeoutMs);
    const stop = new AbortController();
    const abort = () => stop.abort();
    for (const one of [deadline, signal]) one.addEventListener('abort', abort, { signal: stop.signal });
    try {
      return await this.#http.get<string>(url.href, { headers, signal: stop.signal });
    } catch (error) {
      signal.throwIfAborted();
      // The library's error holds the request with its credentials: nothing of it but the code goes further.
      const known = axios.isAxiosError(error) ? error.code : undefined;
      const code = deadline.aborted ? 'no complete answer in time' : (known ?? 'no answer');
      this.#options.onResult?.(code);
      if (deadline.aborted)
        throw new OverdueError(`${url.host} gave no complete answer within ${answerTimeoutMs / 1000} s.`);
      const hint = code === 'ENOTFOUND' ? ' If this lasts, check api_url: the service may have been retired.' : '';
      throw new UnavailableError(`${url.host} could not be reached: ${code}.${hint}`);
    } finally {
      abort();
    }
  }
}

/** The time for an answer is up. Not tried again at once: five times two minutes would hold up everything else. */
class OverdueError extends UnavailableError {}

function throwIfUnavailable(url: URL, status: number, retryAfterMs: number): void {
  if (status !== 408 && status !== 429 && status < 500) return;
  const what = status === 429 ? 'asks for fewer requests' : 'is not available';
  throw new UnavailableError(`${url.host} ${what} (HTTP ${status}).`, retryAfterMs);
}

/** Retry-After in both its forms, seconds and an HTTP date (seen from the answer's own date); 0 where there is none. Milliseconds, bounded. */
export function retryAfterMs(header: string | undefined, answeredAt: DateTime): number {
  if (header === undefined) return 0;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : undefined;
  const until = DateTime.fromHTTP(header);
  const from = answeredAt.isValid ? answeredAt : DateTime.utc();
  const ms = seconds !== undefined ? seconds * 1000 : until.isValid ? until.diff(from).toMillis() : 0;
  return Math.max(0, Math.min(ms, longestRetryAfterMs));
}
