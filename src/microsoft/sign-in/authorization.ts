import { RequestedWaits } from '@sekoia/automation-sdk-shim';
import { UnavailableError } from '../../model/errors.js';

/** Who asks: the value of the Authorization header. */
export interface Authorization {
  /** @throws SettingsError, UnavailableError where it has to be asked for */
  header(signal: AbortSignal): Promise<string>;
  /**
   * The service does not accept this header. True where another one is available, which `header` returns from now on.
   */
  discard(header: string): boolean;
}

/** HTTP Basic, as the Reporting Web Service takes it. The same for ever. */
export class BasicAuthorization implements Authorization {
  readonly value: string;

  constructor(accountName: string, accountPassword: string) {
    this.value = `Basic ${Buffer.from(`${accountName}:${accountPassword}`, 'utf8').toString('base64')}`;
  }

  header(): Promise<string> {
    return Promise.resolve(this.value);
  }

  discard(): boolean {
    return false;
  }
}

/** What a token service gives. */
export interface Token {
  readonly text: string;
  /** From when it came, in milliseconds. */
  readonly lifetimeMs: number;
}

export interface BearerOptions {
  /** @throws SettingsError, UnavailableError */
  readonly requestToken: (signal: AbortSignal) => Promise<Token>;
  /** Milliseconds since any instant; never set back. */
  readonly now: () => number;
  /** Keeps a token out of everything that is said, until the function that it returns is called. */
  readonly hide: (secret: string) => () => void;
}

/** A token is renewed when a fifth of its life is left, five minutes at most. */
const maxMarginMs = 300_000;
const marginShare = 0.2;
/** How soon a renewal that has failed is tried again while the old token is still good. */
const nextTryMs = 30_000;

interface Held {
  readonly header: string;
  readonly forget: () => void;
  renewAt: number;
  endsAt: number;
}

/** A token of Entra ID: asked for when it is needed, once for all that wait for it, and renewed before it ends. */
export class BearerAuthorization implements Authorization {
  readonly #options: BearerOptions;
  readonly #requestedWaits = new RequestedWaits();
  #held: Held | undefined;
  #asking: Promise<Held> | undefined;

  constructor(options: BearerOptions) {
    this.#options = options;
  }

  async header(signal: AbortSignal): Promise<string> {
    const { now } = this.#options;
    const held = this.#held;
    if (held !== undefined && now() < held.renewAt) return held.header;
    try {
      return (await this.#renew(signal)).header;
    } catch (error) {
      const isStillGood = held !== undefined && held === this.#held && now() < held.endsAt;
      if (!isStillGood || !(error instanceof UnavailableError)) throw error;
      const requestedMs = this.#requestedWaits.obey(error.retryAfterMs);
      held.renewAt = Math.min(now() + Math.max(nextTryMs, requestedMs), held.endsAt);
      return held.header;
    }
  }

  discard(header: string): boolean {
    // Where another caller has renewed it meanwhile, the new one is as good as any.
    if (this.#held?.header === header) this.#held.renewAt = this.#held.endsAt = -Infinity;
    return true;
  }

  #renew(signal: AbortSignal): Promise<Held> {
    this.#asking ??= this.#request(signal).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #request(signal: AbortSignal): Promise<Held> {
    const { requestToken, now, hide } = this.#options;
    // Its life began before its answer came.
    const askedAt = now();
    const { text, lifetimeMs } = await requestToken(signal);
    this.#requestedWaits.answered();
    const forget = hide(text);
    const endsAt = askedAt + lifetimeMs;
    this.#held?.forget();
    this.#held = {
      header: `Bearer ${text}`,
      forget,
      renewAt: endsAt - Math.min(maxMarginMs, lifetimeMs * marginShare),
      endsAt,
    };
    return this.#held;
  }
}
