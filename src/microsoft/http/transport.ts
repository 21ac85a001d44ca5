import {
  type HttpClient,
  type HttpResponse,
  MAX_MICROSOFT_RESPONSE_BYTES,
  NetworkError,
  retryAfterMs,
} from '@sekoia/automation-sdk-shim';
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
  readonly http: Pick<HttpClient, 'send' | 'timers'>;
  readonly mark: () => () => number;
  /** Told each answer's date, and instants before it was asked for and after it came. */
  readonly onDate?: (dateMs: number, sentAt: () => number, receivedAt: () => number) => void;
  /** Told how many requests are left, where an answer says so. */
  readonly onQuota?: (left: string) => void;
  /** Told each answer's status, or the network's error code. */
  readonly onResult?: (result: string) => void;
}

const responseTimeoutMs = 120_000;
/** Drafts of the IETF, which Microsoft's services follow in part, and their older spelling. */
const quotaHeaders = ['ratelimit-remaining', 'ratelimit', 'x-ratelimit-remaining'];

/** One request to Microsoft, one answer. What its date says of the clock is passed on. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  get timers(): HttpClient['timers'] {
    return this.#options.http.timers;
  }

  /**
   * @throws UnavailableError where no answer came, or none that was complete in time; PlanAgainError where it was too
   * large
   */
  async send(request: Request, signal: AbortSignal): Promise<Response> {
    const { onDate, onResult, onQuota, mark } = this.#options;
    const sentAt = mark();
    const response = await this.#exchange(request, signal);
    onResult?.(String(response.status));
    const left = quotaHeaders.map((name) => response.header(name)).find((text) => text !== undefined);
    if (left !== undefined) onQuota?.(left);
    const date = DateTime.fromHTTP(response.header('date') ?? '');
    if (date.isValid) onDate?.(date.toMillis(), sentAt, mark());
    return {
      host: request.url.host,
      status: response.status,
      body: response.text,
      dateMs: date.isValid ? date.toMillis() : undefined,
      location: response.header('location'),
      retryAfterMs: retryAfterMs(response, mark()()),
    };
  }

  async #exchange(request: Request, signal: AbortSignal): Promise<HttpResponse> {
    const { method, url, headers, body, maxResponseBytes = MAX_MICROSOFT_RESPONSE_BYTES } = request;
    signal.throwIfAborted();
    try {
      return await this.#options.http.send({
        method,
        url: url.href,
        headers,
        ...(body !== undefined && { body }),
        responseMs: responseTimeoutMs,
        maxResponseBytes,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NetworkError)) throw error;
      const { code = 'no answer', detail = code, isTimeOut, isTooLarge } = error;
      this.#options.onResult?.(isTimeOut ? 'no complete answer in time' : code);
      if (isTimeOut)
        // Five tries of two minutes would hold up everything else.
        throw new PlanAgainError(`${url.host} gave no complete answer within ${responseTimeoutMs / 1000} s.`, {
          mayBeTheRange: true,
        });
      if (isTooLarge)
        throw new PlanAgainError(`${url.host} answered more than ${maxResponseBytes} bytes.`, {
          mayBeTheRange: true,
        });
      const hint = code === 'ENOTFOUND' ? ' If this lasts, check the address: the service may have been retired.' : '';
      throw new UnavailableError(`${url.host} could not be reached: ${detail}.${hint}`);
    }
  }
}
