import { sleep } from '../../sleep.js';
import { statusOf } from './storage-failure.js';

export interface PaceTimes {
  /**
   * How long an object rests between two writes once the storage asked for it, and the first wait; further ones take
   * twice as long.
   */
  readonly waitMs: number;
  readonly maxTries: number;
}

/** Google Cloud Storage and Cloudflare R2 accept one write a second to the same object. */
const TIMES: PaceTimes = { waitMs: 1_000, maxTries: 5 };
/** 429 Too Many Requests; 503 is SlowDown in S3, and what most storages answer under load. */
const TOO_FAST: ReadonlySet<number | undefined> = new Set([429, 503]);
/** An object that was left alone for so long is written at full speed again. */
const FORGET_MS = 60_000;

/**
 * Waits out "slow down". Writes to an object that got this answer are spaced from then on; other objects stay as fast
 * as before.
 */
export class Pace {
  readonly #times: PaceTimes;
  /** When the last write of the object ended, by performance.now(); only objects that must be written slowly. */
  readonly #slow = new Map<string, number>();

  constructor(times: PaceTimes = TIMES) {
    this.#times = times;
  }

  /** Carries out `action` again, after a wait, as long as the storage asks for slower requests. */
  async patiently<Result>(signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
    const { waitMs, maxTries } = this.#times;
    for (let tries = 1; ; tries += 1) {
      try {
        return await action();
      } catch (error) {
        if (!TOO_FAST.has(statusOf(error)) || tries >= maxTries || signal.aborted) throw error;
        await sleep(waitMs * 2 ** (tries - 1), signal);
      }
    }
  }

  /** One attempt to write the object; the client library's own repetitions are attempts too. */
  async spaced<Result>(
    key: string,
    signal: AbortSignal,
    send: () => Promise<Result>,
    status: (result: Result) => number | undefined,
  ): Promise<Result> {
    await this.#rest(key, signal);
    let isTooFast = false;
    try {
      const result = await send();
      isTooFast = TOO_FAST.has(status(result));
      return result;
    } finally {
      if (isTooFast || this.#slow.has(key)) this.#slow.set(key, performance.now());
    }
  }

  async #rest(key: string, signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    for (const [slow, lastMs] of this.#slow) if (nowMs - lastMs > FORGET_MS) this.#slow.delete(slow);
    const lastMs = this.#slow.get(key);
    if (lastMs !== undefined) await sleep(Math.max(0, lastMs + this.#times.waitMs - nowMs), signal);
  }
}
