import { RELEASE_LIMIT_MS, STOP_LIMIT_MS, THREADS_LIMIT_MS } from '../budgets.js';
import type { Log } from '../log/log.js';
import { constants } from 'node:os';

type Close = () => void | Promise<void>;

interface Closer {
  readonly close: Close;
  /** Waits for something that may never answer, and may be left behind. */
  readonly mayHang: boolean;
}

/**
 * Whatever is opened leaves its closer here; they are run last-opened-first, each even where another one failed or
 * hangs.
 */
export class Cleanup {
  readonly #log: Log;
  readonly #cleanup: Closer[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  push(close: Close, { mayHang = false } = {}): void {
    this.#cleanup.push({ close, mayHang });
  }

  /** @param limitMs how long each of those is waited for that may hang */
  async closeAll(limitMs = RELEASE_LIMIT_MS): Promise<void> {
    for (let closer = this.#cleanup.pop(); closer !== undefined; closer = this.#cleanup.pop()) {
      try {
        const closing = closer.close();
        await (closer.mayHang ? withinLimit(closing, limitMs) : closing);
      } catch (error) {
        this.#log.exception(error, 'Something could not be closed cleanly. Nothing is lost by it.');
      }
    }
  }
}

async function withinLimit(closing: void | Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${limitMs / 1_000} s.`)), limitMs);
  });
  try {
    await Promise.race([closing, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Requests that hold a thread each until the system answers; how Node.js names them (`process.getActiveResourcesInfo`).
 */
const ON_A_THREAD = /^(FSReq|FileHandleCloseReq|GetAddrInfoReq|GetNameInfoReq)/;
const LOOK_AGAIN_MS = 20;

/**
 * Ends the process within half a second, in every case. `process.exit` waits for threads that are in the middle of a
 * file operation, for ever where the volume hangs. Where they do not end, the process kills itself, so that its exit
 * code is 137 (128 + SIGKILL).
 */
export function endProcess(code: number): void {
  const deadline = performance.now() + THREADS_LIMIT_MS;
  const end = () => {
    if (!process.getActiveResourcesInfo().some((name) => ON_A_THREAD.test(name))) process.exit(code);
    if (performance.now() < deadline) {
      setTimeout(end, LOOK_AGAIN_MS);
      return;
    }
    process.kill(process.pid, 'SIGKILL');
    // The first process of a container cannot kill itself; the exit code is 139 then.
    process.abort();
  };
  end();
}

export interface Stop {
  readonly signal: AbortSignal;
  /** Stops as a signal does. */
  readonly now: () => void;
  /** Leaves the process's signals alone again. */
  readonly dispose: () => void;
}

/**
 * SIGTERM and SIGINT abort the signal. The process ends when it has nothing left to do, or after 8.7 s with the exit
 * code set by then (1 where there is none); at once with a second signal, by the shell's convention of 128 + its
 * number. Where a file operation hangs, the exit code is 137: see `endProcess`.
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
 * Logs uncaught errors with their stacks. An unhandled rejection is only logged: what waited for the promise is broken,
 * but state is saved by awaited steps, so going on is safe. After an uncaught exception nothing is known about the
 * state of the process, so it ends and is started again from what is on disk.
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
