import { isAborted, sleep } from './time.js';

/** How waits between tries grow: doubling from `firstMs` up to `maxMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** So many failures in a row are waited out for `firstMs` each, before the waits double. Default 1. */
  readonly steady?: number;
}

export const SECOND_TO_MINUTE: Backoff = { firstMs: 1_000, maxMs: 60_000 };

/**
 * The wait in ms after the failed try number `failures` (1 for the first), with `random` in [0, 1) spreading it over
 * the upper half, so that many modules that failed together do not come back together.
 */
export function backoffMs(backoff: Backoff, failures: number, random: number): number {
  const { firstMs, maxMs, steady = 1 } = backoff;
  const full = Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - steady));
  return full * (0.5 + random / 2);
}

export interface KeepTryingOptions {
  readonly signal: AbortSignal;
  /** Told of each failure before the wait; what it throws ends the trying. */
  readonly onFailure: (error: unknown, waitMs: number) => void;
  readonly backoff?: Backoff;
}

/** The first success of `attempt`, tried with growing waits; undefined where the signal was aborted before that. */
export async function keepTrying<T>(attempt: () => Promise<T>, options: KeepTryingOptions): Promise<T | undefined> {
  for (let failures = 1; !options.signal.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (isAborted(options.signal)) return undefined;
      const waitMs = backoffMs(options.backoff ?? SECOND_TO_MINUTE, failures, Math.random());
      options.onFailure(error, waitMs);
      await sleep(waitMs, options.signal);
    }
  }
  return undefined;
}
