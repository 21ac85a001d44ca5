import { constants } from 'node:os';
import { STOP_LIMIT_MS } from '../budgets.js';
import type { Log } from '../log/log.js';
import { endProcess } from './end-process.js';

export interface Stop {
  readonly signal: AbortSignal;
  /** Stops as a signal does. */
  readonly now: () => void;
  /** Leaves the process's signals alone again. */
  readonly dispose: () => void;
}

/**
 * SIGTERM and SIGINT abort the signal. The process ends when it has nothing left to do, or after 9.2 s with the exit
 * code set by then (1 where there is none); at once with a second signal, by the shell's convention of 128 + its number.
 * Where a file operation hangs, the exit code is 137: see `endProcess`.
 */
export function listenForStop(log: Log): Stop {
  const controller = new AbortController();
  const now = () => {
    if (controller.signal.aborted) return;
    setTimeout(() => endProcess(Number(process.exitCode ?? 1)), STOP_LIMIT_MS).unref();
    controller.abort();
  };
  const onSignal = (name: 'SIGTERM' | 'SIGINT') => {
    if (controller.signal.aborted) {
      endProcess(128 + constants.signals[name]);
      return;
    }
    log.info(`${name}: the module stops.`);
    now();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const dispose = () => void process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  return { signal: controller.signal, now, dispose };
}
