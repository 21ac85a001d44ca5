import type { Log } from '../log/log.js';
import type { Cleanup } from './closers.js';
import { endProcess } from './end-process.js';
import type { Stop } from './stop.js';

/** How long the closers may take before a crash ends the process all the same. */
const LIMIT_MS = 3_000;

export interface Crashes {
  /** Ends the process with exit code 1 as soon as everything is closed, or after 3 s. */
  readonly end: () => void;
  readonly dispose: () => void;
}

interface Watched {
  readonly log: Log;
  readonly stop: Stop;
  readonly cleanup: Cleanup;
}

/**
 * Logs, with their stacks, errors that nobody caught. A rejected promise that nobody looked at is only logged: what
 * waited for it is broken, but state is saved by awaited steps, so going on is safe. After an uncaught exception
 * nothing is known about the state of the process, so it ends and is started anew from what is on disk.
 */
export function listenForCrashes({ log, stop, cleanup }: Watched): Crashes {
  const end = () => {
    process.exitCode = 1;
    stop.now();
    setTimeout(() => endProcess(1), LIMIT_MS);
    void cleanup.closeAll().then(() => endProcess(1));
  };
  const onRejection = (reason: unknown) =>
    log.exception(reason, 'A promise was rejected and nobody looked at it. The module goes on; please report it.');
  const onException = (error: Error) => {
    log.exception(error, 'An exception was not caught. The module ends with exit code 1; please report it.');
    end();
  };
  process.on('unhandledRejection', onRejection).on('uncaughtException', onException);
  const dispose = () => void process.off('unhandledRejection', onRejection).off('uncaughtException', onException);
  return { end, dispose };
}
