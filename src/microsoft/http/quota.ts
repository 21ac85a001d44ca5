import { setTimeout as delay } from 'node:timers/promises';

export interface QuotaOptions {
  /** Requests in any five minutes. */
  readonly limit: number;
  /** Milliseconds since any instant; never set back. */
  readonly now: () => number;
  readonly sleep?: (durationMs: number, signal: AbortSignal) => Promise<unknown>;
  /** Told once in five minutes that requests have to wait for one another. */
  readonly onWait?: (spacingMs: number) => void;
}

const windowMs = 300_000;
/** How much of the quota may be used at once. */
const shareAtWill = 2 / 3;
/** What a limit that was lowered wins back at a time without a refusal, as a share of the configured one. */
const regainedShare = 0.1;
/** Any sooner, and where others use half of the quota it is tried out seven times an hour. */
const regainedEveryMs = 1.5 * windowMs;

/**
 * Keeps requests within a number in any five minutes, as Microsoft Graph counts them for the whole tenant. Two thirds
 * may be sent as fast as one likes; the rest is spread evenly over the five minutes. So a poll of fresh mail never
 * waits long because a backlog has used everything up. A refusal all the same, with half of it in use, means that
 * others ask too: then the limit is halved, and won back slowly.
 */
export class Quota {
  readonly #options: QuotaOptions;
  /** When requests were sent, or will be, in the last five minutes, in order. */
  #sentAt: number[] = [];
  #limit: number;
  #changedAt = -Infinity;
  #halvedAt = -Infinity;
  #toldAt = -Infinity;

  constructor(options: QuotaOptions) {
    this.#options = options;
    this.#limit = options.limit;
  }

  /** Waits until one more request may be sent, and counts it. Rejects when the signal is aborted. */
  async take(signal: AbortSignal): Promise<void> {
    const { now, sleep = sleepInRealTime } = this.#options;
    const at = this.#reserve(now());
    const waitMs = at - now();
    if (waitMs > 0) await sleep(waitMs, signal);
    signal.throwIfAborted();
  }

  /**
   * The service has refused a request because there were too many. While less than half of the limit is in use, half of
   * it would be refused as well, and a single stray refusal must not slow down all that follows: then Retry-After alone
   * counts.
   */
  exceeded(): void {
    const now = this.#options.now();
    // The next tries of the same request say the same.
    if (now - this.#halvedAt < windowMs || this.used < this.#limit / 2) return;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#halvedAt = this.#changedAt = now;
  }

  /** Requests of the last five minutes. */
  get used(): number {
    this.#dropBefore(this.#options.now() - windowMs);
    return this.#sentAt.length;
  }

  #reserve(now: number): number {
    this.#regain(now);
    const atWill = Math.ceil(this.#limit * shareAtWill);
    const spacingMs = windowMs / Math.max(1, this.#limit - atWill);
    // Those that still wait for their turn go first.
    const last = this.#sentAt.at(-1) ?? -Infinity;
    this.#dropBefore(Math.max(now, last) - windowMs);
    const at = this.#sentAt.length < atWill ? Math.max(now, last) : Math.max(now, last + spacingMs);
    this.#sentAt.push(at);
    if (at > now) this.#tell(now, spacingMs);
    return at;
  }

  #regain(now: number): void {
    const { limit } = this.#options;
    if (this.#limit === limit || now - this.#changedAt < regainedEveryMs) return;
    this.#limit = Math.min(limit, this.#limit + Math.max(1, Math.floor(limit * regainedShare)));
    this.#changedAt = now;
  }

  #dropBefore(timeMs: number): void {
    const first = this.#sentAt.findIndex((at) => at > timeMs);
    this.#sentAt = first < 0 ? [] : this.#sentAt.slice(first);
  }

  #tell(now: number, spacingMs: number): void {
    if (now - this.#toldAt < windowMs) return;
    this.#toldAt = now;
    this.#options.onWait?.(spacingMs);
  }
}

function sleepInRealTime(durationMs: number, signal: AbortSignal): Promise<void> {
  return delay(durationMs, undefined, { signal });
}
