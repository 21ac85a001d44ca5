import { Quota, type QuotaOptions } from '../../src/microsoft/http/quota.js';

/** Microsoft's window, in milliseconds. */
export const windowMs = 300_000;

/**
 * A quota on a clock that stands still until a test moves it. A caller that must wait is released at once. The time of
 * its turn is recorded.
 */
export class QuotaTestBed {
  readonly quota: Quota;
  nowMs = 0;
  /** When each request was asked for and when it may be sent, in milliseconds, in order. */
  readonly requests: { readonly askedMs: number; readonly sentMs: number }[] = [];
  readonly told: { readonly atMs: number; readonly spacingMs: number }[] = [];
  #waitMs = 0;

  constructor(limit: number, options: Partial<QuotaOptions> = {}) {
    this.quota = new Quota({
      limit,
      now: () => this.nowMs,
      sleep: (durationMs) => {
        this.#waitMs = durationMs;
        return Promise.resolve();
      },
      onWait: (spacingMs) => this.told.push({ atMs: this.nowMs, spacingMs }),
      ...options,
    });
  }

  /** @returns when it may be sent */
  async take(): Promise<number> {
    this.#waitMs = 0;
    const askedMs = this.nowMs;
    await this.quota.take(new AbortController().signal);
    const sentMs = askedMs + this.#waitMs;
    this.requests.push({ askedMs, sentMs });
    return sentMs;
  }

  /** So many requests, each as soon as the one before has been sent. */
  async takeInARow(count: number): Promise<void> {
    for (let number = 0; number < count; number += 1) this.nowMs = await this.take();
  }

  get sentMs(): number[] {
    return this.requests.map(({ sentMs }) => sentMs);
  }
}

/** The most requests in any five minutes, as a server counts them: those sent after `now − 5 minutes`, until now. */
export function busiestWindow(sentMs: readonly number[]): number {
  const counts = sentMs.map((end, last) => sentMs.slice(0, last + 1).filter((at) => at > end - windowMs).length);
  return Math.max(0, ...counts);
}
