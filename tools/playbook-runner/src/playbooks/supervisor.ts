import { setTimeout as delay } from 'node:timers/promises';
import type { Exit, Stop } from '@local/testbed';

/** Long enough for a page that asks once a second to show it. */
const FIRST_WAIT_MS = 2000;
const MAX_WAIT_MS = 60_000;

/** A process that ran this long has started well: what happens to it later is no part of a row of crashes. */
const STARTED_WELL_AFTER_MS = 60_000;

/** How long to wait after the given number of crashes in a row (from 1): doubling, as container platforms do. */
export function restartWaitMs(crashesInARow: number): number {
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (crashesInARow - 1));
}

/** A module promises to stop within 10 seconds; what else is to be stopped must fit into them here. */
const KILL_AFTER_MS = 8000;

export interface Supervised {
  readonly exited: Promise<Exit>;
  stop(signal: NodeJS.Signals, killAfterMs: number): Promise<Stop>;
}

export interface Crash {
  readonly exit: Exit;
  readonly waitMs: number;
  /** In milliseconds since 1970. */
  readonly restartAtMs: number;
}

export interface SupervisorOptions<Process> {
  readonly start: () => Promise<Process>;
  /** Called when the process has ended without having been asked to. */
  readonly onCrash?: (crash: Crash) => void;
  /** Default: 2 s, doubling to 60 s. */
  readonly waitMs?: (crashesInARow: number) => number;
}

/** Keeps a process running: one that ends without having been asked to is started again, after a wait that grows. */
export class Supervisor<Process extends Supervised> {
  readonly #options: SupervisorOptions<Process>;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #process: Process | undefined;
  #crash: Crash | undefined;
  #restarts = 0;

  /** Starts at once. */
  constructor(options: SupervisorOptions<Process>) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Undefined while it is being started, waits after a crash, or has been stopped. */
  get process(): Process | undefined {
    return this.#process;
  }

  /** The crash after which it waits to start again. */
  get crash(): Crash | undefined {
    return this.#crash;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Fulfilled once stopped. Rejected where the process cannot even be started. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Asks the process to end. Answers how it did; undefined where none was running. */
  async stop(): Promise<Stop | undefined> {
    this.#stopping.abort();
    const stop = await this.#process?.stop('SIGTERM', KILL_AFTER_MS);
    await this.#ended;
    return stop;
  }

  async #run(): Promise<void> {
    const { start, onCrash, waitMs = restartWaitMs } = this.#options;
    const { signal } = this.#stopping;
    const stopped = () => signal.aborted;
    for (let crashesInARow = 0; ; this.#restarts += 1) {
      const process = await start();
      this.#process = process;
      const startedMs = performance.now();
      if (stopped()) await process.stop('SIGTERM', KILL_AFTER_MS);
      const exit = await process.exited;
      this.#process = undefined;
      if (stopped()) return;
      crashesInARow = performance.now() - startedMs < STARTED_WELL_AFTER_MS ? crashesInARow + 1 : 1;
      const wait = waitMs(crashesInARow);
      this.#crash = { exit, waitMs: wait, restartAtMs: Date.now() + wait };
      onCrash?.(this.#crash);
      await delay(wait, undefined, { signal }).catch(() => undefined);
      this.#crash = undefined;
      if (stopped()) return;
    }
  }
}
