import { SECOND_TO_MINUTE, backoffMs, type Backoff } from './backoff.js';
import { isAborted, sleep } from './sleep.js';

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
