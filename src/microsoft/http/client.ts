import { RequestedWaits, RETRY_AFTER_IN_PLACE_MS } from '@sekoia/automation-sdk-shim';
import pRetry, { AbortError } from 'p-retry';
import { PlanAgainError, SettingsError, UnavailableError } from '../../model/errors.js';
import type { Authorization } from '../sign-in/authorization.js';
import type { Quota } from './quota.js';
import type { RequestBudget } from './request-budget.js';
import type { Response, Transport } from './transport.js';

export interface ClientOptions {
  readonly transport: Transport;
  readonly authorization: Authorization;
  /** What the tenant may be asked, where the API has a limit. */
  readonly quota?: Quota;
  /** Slows down requests that lead to nothing. */
  readonly budget?: RequestBudget | undefined;
}

/** A question, and how it is asked. */
export interface Question<Result> {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Makes the result of an answer, or throws: an UnavailableError is tried again, but for a PlanAgainError; a
   * SettingsError is tried once more, with a fresh token where the answer was 401, or where other questions were
   * answered since the last refusal; everything else is final.
   */
  readonly parse: (response: Response) => Result;
  /** Told what failed and is tried again. */
  readonly onRetry?: ((error: UnavailableError) => void) | undefined;
  /** Called before each request that is sent, repeats included. What it throws is final: nothing is sent then. */
  readonly onRequest?: (() => void) | undefined;
  /** How often it is asked, the first time included. Default 5. */
  readonly tries?: number | undefined;
}

/** How often one question is asked before its failure is the caller's. */
const TRIES = 5;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 60_000;
/**
 * So many failures in a row are common while a third of the answers fail, and then the next try is likely to succeed.
 */
const STEADY_FAILURES = 3;
/** Not even a lucky draw asks again at once. */
const MIN_WAIT_MS = 100;

/**
 * Asks one of Microsoft's APIs, and asks again when the failure is a passing one, no sooner than Retry-After says, as
 * far as that is believed (docs/adr/0019-retry-after.md). Waits are drawn at random from a span of a second, which
 * doubles with every failure in a row after the third, whichever question failed, until there is an answer: they stay
 * short while most answers succeed. Credentials go to the configured origin only.
 */
export class MicrosoftClient {
  readonly #origin: string;
  readonly #options: ClientOptions;
  readonly #requestedWaits = new RequestedWaits();
  #failuresInARow = 0;
  /** A question was answered since one was refused last. */
  #hasResponded = false;

  constructor(apiUrl: string, options: ClientOptions) {
    this.#origin = new URL(apiUrl).origin;
    this.#options = options;
  }

  /**
   * @throws UnavailableError after `tries`, or where the service asks for long waits, with how long to wait before the
   *   next
   * question; whatever `interpret` throws
   */
  async get<Result>(request: Question<Result>, signal: AbortSignal): Promise<Result> {
    const { onRetry, tries = TRIES } = request;
    const url = this.#checked(request.url);
    let requestedMs = 0;
    return pRetry(
      async () => {
        try {
          const result = await this.#ask({ ...request, url }, signal);
          this.#failuresInARow = 0;
          this.#hasResponded = true;
          this.#requestedWaits.answered();
          return result;
        } catch (error) {
          if (!(error instanceof UnavailableError)) throw new AbortError(error as Error);
          // A request with a single try is a probe. Its caller expects it to fail.
          if (tries > 1) this.#failuresInARow += 1;
          const failure = error.waitingFor(this.#requestedWaits.obey(error.retryAfterMs));
          requestedMs += failure.retryAfterMs;
          // Who plans the questions may have a better one to ask after a long wait.
          const isFinal = failure instanceof PlanAgainError || requestedMs > RETRY_AFTER_IN_PLACE_MS;
          throw isFinal ? new AbortError(failure) : failure;
        }
      },
      {
        retries: tries - 1,
        // The waits are our own: they depend on what became of other questions meanwhile.
        minTimeout: 0,
        maxTimeout: 0,
        signal,
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (retriesLeft === 0 || !(error instanceof UnavailableError)) return;
          onRetry?.(error);
          await this.#options.transport.timers.sleep(Math.max(error.retryAfterMs, this.#waitMs()), signal);
        },
      },
    );
  }

  #waitMs(): number {
    const spanMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, this.#failuresInARow - STEADY_FAILURES));
    return Math.max(MIN_WAIT_MS, Math.random() * spanMs);
  }

  /** Without a name and a password in it: they would replace the credentials. */
  #checked(asked: URL): URL {
    const place = `${asked.protocol}//${asked.host}`;
    // Not by the origin alone: that of `blob:https://host/…` is `https://host`.
    if (place !== this.#origin) throw new TypeError(`${place} is not the configured API's origin ${this.#origin}`);
    const url = new URL(asked);
    url.username = url.password = '';
    return url;
  }

  async #ask<Result>(request: Question<Result>, signal: AbortSignal): Promise<Result> {
    const { url, headers, parse, onRequest, onRetry } = request;
    const { authorization } = this.#options;
    for (let isSecondTry = false; ; isSecondTry = true) {
      const header = await authorization.header(signal);
      onRequest?.();
      const response = await this.#send(url, { ...headers, Authorization: header }, signal);
      try {
        return parse(response);
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        const { sentence, remedy, mayLock } = error;
        if (isSecondTry) throw new SettingsError(sentence, { remedy, mayLock, refusals: 2 });
        const hadAnswered = this.#hasResponded;
        this.#hasResponded = false;
        // A token can end, or be revoked, before its time.
        if (response.status === 401 && authorization.discard(header)) continue;
        if (!hadAnswered) throw error;
        onRetry?.(new UnavailableError(`${error.message} Other questions were answered, so this may pass.`));
        await this.#options.transport.timers.sleep(FIRST_WAIT_MS, signal);
      }
    }
  }

  async #send(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    const { transport, quota, budget } = this.#options;
    await budget?.take(signal);
    await quota?.take(signal);
    const response = await transport.send({ method: 'GET', url, headers }, signal);
    if (response.status === 429) {
      quota?.exceeded();
      // A server that asks for fewer requests is not asked three times in as many seconds.
      this.#failuresInARow = Math.max(this.#failuresInARow, STEADY_FAILURES - 1);
    }
    return response;
  }
}
