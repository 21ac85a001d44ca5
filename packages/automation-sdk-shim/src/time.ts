/** ISO 8601 in UTC without a zone, as Python's `utcnow().isoformat()` gives it and the platform expects it. */
export function utcWithoutZone(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}

/**
 * Waits `ms` milliseconds, or less: aborting the signal ends the wait early. Either way it resolves, so a caller that
 * must know asks the signal. Waits of more than 24 days end at once in Node's timers; none here comes near.
 */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** How code waits. Tests bring their own, so that hours pass in no time. */
export interface Timers {
  /** As `sleep`. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `then` after `ms` milliseconds; that alone does not keep the process alive. @returns what cancels it */
  after(ms: number, then: () => void): () => void;
}

export const REAL_TIMERS: Timers = {
  sleep,
  after: (ms, then) => {
    const timer = setTimeout(then, ms).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Runs an action that outlives the signal by up to `graceMs`. An action that is nearly done when the module must stop
 * may finish. The action's own signal is aborted when the grace period ends.
 */
export async function withGrace<Result>(
  signal: AbortSignal,
  graceMs: number,
  action: (late: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => late.abort(), graceMs);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    return await action(late.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Asks the signal anew: the compiler takes what it saw before an await for granted. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Resolves once the signal is aborted, and keeps the process alive until then. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await sleep(3_600_000, signal);
}
