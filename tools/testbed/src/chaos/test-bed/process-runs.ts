import type { Exit, Stop } from '../../processes/child-process.js';
import { type TriggerOptions, TriggerProcess } from '../../processes/trigger-process.js';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Disk } from './disk.js';
import { STARTUP_MS } from '../status/oracle.js';
import type { Seen } from '../status/status-watch.js';

/** One process of the module, from its start to its end. */
export interface ProcessRun {
  /** From 1. */
  readonly number: number;
  /** Undefined while it runs. */
  readonly ended?: {
    /** What the chaos test sent; undefined: the process ended by itself. */
    readonly asked: 'SIGTERM' | 'SIGKILL' | undefined;
    /** Whether SIGKILL was to follow sooner than the ten seconds that a stop may take. */
    readonly impatiently: boolean;
    readonly exit: Exit;
    /** Whether it had written anything: before that it may not have got round to listening for signals. */
    readonly hadSpoken: boolean;
    readonly diskWasFull: boolean;
    /** Whether the data folder hung then: what was acknowledged last could not be written down. */
    readonly folderHung?: boolean;
    /** From the signal to the end, where one was sent. */
    readonly tookMs?: number;
  };
}

/**
 * Whether a process ended as it should: of SIGKILL, or after SIGTERM with exit code 0. It kills itself where a file
 * operation hangs.
 */
export function endedWell({ ended }: ProcessRun): boolean {
  if (ended?.asked === undefined) return ended === undefined;
  const { asked, impatiently, hadSpoken, exit, folderHung = false } = ended;
  if (asked === 'SIGKILL') return exit.signal === 'SIGKILL';
  if (folderHung && exit.signal === 'SIGKILL') return true;
  return exit.exitCode === 0 || (impatiently && exit.signal === 'SIGKILL') || (!hadSpoken && exit.signal === 'SIGTERM');
}

/** What a container runtime allows a stop to take. */
const STOP_WITHIN_MS = 10_000;

/** Whether a process that was told to stop did so in time. */
export function endedInTime({ ended }: ProcessRun): boolean {
  return ended?.asked !== 'SIGTERM' || (ended.tookMs ?? 0) <= STOP_WITHIN_MS;
}

/** The most memory that a process has had so far, in MiB; undefined where it has ended or the system does not tell. */
export async function peakMemoryMiB(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}

/**
 * Options for Node.js that put a process's clock wrong from its first line on; positive: ahead. Monotonic time stays
 * right.
 */
export function wrongClock(offMs: number): readonly string[] {
  if (offMs === 0) return [];
  const script = `
    const Right = Date;
    globalThis.Date = class Date extends Right {
      constructor(...parts) { super(...(parts.length === 0 ? [Right.now() + ${offMs}] : parts)); }
      static now() { return Right.now() + ${offMs}; }
    };`;
  return [`--import=data:text/javascript,${encodeURIComponent(script)}`];
}

/** After the first end of its own, doubling: as the platform does. */
const FIRST_RESTART_AFTER_MS = 1000;
const MAX_RESTART_AFTER_MS = 60_000;
/** A stop may take ten seconds. */
const TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 1000;
const METRICS_EVERY_LOOKS = 5;

export interface LivesOptions {
  /** All but what differs from one process to the next. */
  readonly trigger: Omit<TriggerOptions, 'onLine' | 'nodeArguments'>;
  readonly disk: Disk | undefined;
  readonly isDiskFull: () => boolean;
  readonly isFolderHung: () => boolean;
  /** Told what `/health` says, each second. */
  readonly onHealth: (seen: Seen) => void;
  readonly onLine: (life: number, line: string) => void;
  readonly onEnd: (life: ProcessRun) => void;
  /** Told each text that a process shows elsewhere: its command line, health and metrics. */
  readonly onShown: (place: string, text: string) => void;
}

interface Running {
  readonly number: number;
  readonly process: TriggerProcess;
  readonly hadSpoken: () => boolean;
  asked: 'SIGTERM' | 'SIGKILL' | undefined;
  impatiently: boolean;
  diskWasFull: boolean;
  folderHung: boolean;
  tookMs: number | undefined;
  readonly startedMs: number;
}

/** The processes of the module, one after the other. One that ends by itself is started again. */
export class ProcessRunner {
  readonly #options: LivesOptions;
  readonly #past: ProcessRun[] = [];
  #running: Running | undefined;
  #started = 0;
  #peakMemoryMiB = 0;
  #ownEnds = 0;
  #isStarting = false;
  #isOver = false;

  constructor(options: LivesOptions) {
    this.#options = options;
  }

  /** The number of the process that was started last. */
  get latest(): number {
    return this.#started;
  }

  get past(): readonly ProcessRun[] {
    return this.#past;
  }

  /** Of all processes. */
  get peakMemoryMiB(): number {
    return this.#peakMemoryMiB;
  }

  get pid(): number | undefined {
    return this.#running?.process.pid;
  }

  /** Starts a process unless one runs. @param clockOffMs how wrong its clock is; positive: ahead */
  async start(clockOffMs = 0): Promise<void> {
    if (this.#running !== undefined || this.#isStarting) return;
    this.#isStarting = true;
    const { trigger, disk, onLine, onShown } = this.#options;
    this.#started += 1;
    const number = this.#started;
    let lines = 0;
    const process = await TriggerProcess.start({
      ...trigger,
      nodeArguments: wrongClock(clockOffMs),
      onLine: ({ text }) => {
        lines += 1;
        onLine(number, text);
      },
    });
    const hadSpoken = () => lines > 0;
    const startedMs = performance.now();
    const atEnd = { asked: undefined, impatiently: false, diskWasFull: false, folderHung: false, tookMs: undefined };
    const running: Running = { number, process, hadSpoken, startedMs, ...atEnd };
    this.#running = running;
    this.#isStarting = false;
    if (process.pid !== undefined) {
      await disk?.started(process.pid);
      onShown('command line', await readFile(`/proc/${process.pid}/cmdline`, 'latin1').catch(() => ''));
    }
    void this.#watch(running);
    void this.#bury(running);
  }

  /** Ends the process that runs, if one does; afterwards none is started until `start` is called. */
  async end(signal: 'SIGTERM' | 'SIGKILL', killAfterMs = TIMEOUT_MS): Promise<Stop | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    await this.#look(running);
    running.asked = signal;
    running.impatiently = killAfterMs < TIMEOUT_MS;
    running.diskWasFull = this.#options.isDiskFull();
    running.folderHung = this.#options.isFolderHung();
    const stop = await running.process.stop(signal, killAfterMs);
    running.tookMs = stop.tookMs;
    await this.#bury(running);
    return stop;
  }

  /** The last end: SIGTERM; nothing is started any more. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.end('SIGTERM');
  }

  /** Takes effect once, for the first caller that waits for the end of a process. The others find it done. */
  async #bury(running: Running): Promise<void> {
    const exit = await running.process.exited;
    if (this.#running !== running) return;
    this.#running = undefined;
    const { number, asked, impatiently, tookMs } = running;
    const folderHung = running.folderHung || this.#options.isFolderHung();
    const diskWasFull = running.diskWasFull || this.#options.isDiskFull();
    const what = { asked, impatiently, exit, hadSpoken: running.hadSpoken(), diskWasFull, folderHung };
    const life: ProcessRun = { number, ended: { ...what, ...(tookMs !== undefined && { tookMs }) } };
    this.#past.push(life);
    this.#options.onEnd(life);
    if (asked !== undefined) return;
    this.#ownEnds += 1;
    await delay(Math.min(MAX_RESTART_AFTER_MS, FIRST_RESTART_AFTER_MS * 2 ** (this.#ownEnds - 1)));
    if (!this.#isOver) await this.start();
  }

  async #watch(running: Running): Promise<void> {
    const { onShown } = this.#options;
    for (let look = 1; this.#running === running; look += 1) {
      await this.#look(running);
      await this.#ask(running);
      if (look % METRICS_EVERY_LOOKS === 0) {
        const metrics = await running.process.metrics().catch(() => undefined);
        if (metrics !== undefined) onShown('metrics', metrics);
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  async #ask(running: Running): Promise<void> {
    const { onShown, onHealth } = this.#options;
    const { number, startedMs, process } = running;
    const health = await process.health().catch(() => undefined);
    // Of a process that was told to end, or has just been started, no answer is expected.
    if (this.#running !== running || running.asked !== undefined) return;
    if (health !== undefined) onShown('health', JSON.stringify(health.body));
    else if (performance.now() - startedMs < STARTUP_MS) return;
    onHealth({ process: number, startedMs, body: health?.body });
  }

  async #look({ process }: Running): Promise<void> {
    const peak = process.pid === undefined ? undefined : await peakMemoryMiB(process.pid);
    if (peak !== undefined) this.#peakMemoryMiB = Math.max(this.#peakMemoryMiB, peak);
  }
}
