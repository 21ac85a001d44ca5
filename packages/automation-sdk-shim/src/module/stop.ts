import { constants } from 'node:os';
import type { Log } from '../log/log.js';

/** A container runtime kills what is still there after 10 s. */
const LIMIT_MS = 9_500;

export interface Stop {
  readonly signal: AbortSignal;
  /** Stops as a signal does. */
  readonly now: () => void;
  /** Leaves the process's signals alone again. */
  readonly dispose: () => void;
}

/**
 * SIGTERM and SIGINT abort the signal. The process ends when it has nothing left to do, or after 9.5 s with the exit
 * code set by then (1 where there is none); at once with a second signal, by the shell's convention of 128 + its number.
 */
export function listenForStop(log: Log): Stop {
  const controller = new AbortController();
  const now = () => {
    if (controller.signal.aborted) return;
    setTimeout(() => process.exit(process.exitCode ?? 1), LIMIT_MS).unref();
    controller.abort();
  };
  const onSignal = (name: 'SIGTERM' | 'SIGINT') => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    log.info(`${name}: the module stops.`);
    now();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const dispose = () => void process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  return { signal: controller.signal, now, dispose };
}
