import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { TriggerProcess, type Stop, type TriggerOptions } from '@local/playbook-runner';
import type { Disk } from './disk.js';
import type { Life } from './life.js';
import { peakMemoryMiB } from './process-memory.js';
import { wrongClock } from './wrong-clock.js';

/** After the first end of its own, doubling: as the platform does. */
const FIRST_RESTART_AFTER_MS = 1000;
const LONGEST_RESTART_AFTER_MS = 60_000;
/** A stop may take ten seconds. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 500;
const ASK_EVERY_LOOKS = 10;

export interface LivesOptions {
  /** All but what differs from one process to the next. */
  readonly trigger: Omit<TriggerOptions, 'onLine' | 'nodeArguments'>;
  readonly disk: Disk | undefined;
  readonly isDiskFull: () => boolean;
  readonly onLine: (life: number, line: string) => void;
  readonly onEnd: (life: Life) => void;
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
}

/** The processes of the module, one after the other. One that ends by itself is started again. */
export class Lives {
  readonly #options: LivesOptions;
  readonly #past: Life[] = [];
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

  get past(): readonly Life[] {
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
    const running: Running = { number, process, hadSpoken, asked: undefined, impatiently: false, diskWasFull: false };
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
  async end(signal: 'SIGTERM' | 'SIGKILL', killAfterMs = PATIENCE_MS): Promise<Stop | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    await this.#look(running);
    running.asked = signal;
    running.impatiently = killAfterMs < PATIENCE_MS;
    running.diskWasFull = this.#options.isDiskFull();
    const stop = await running.process.stop(signal, killAfterMs);
    await this.#bury(running);
    return stop;
  }

  /** The last end: SIGTERM; nothing is started any more. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.end('SIGTERM');
  }

  /** Once: whoever waits for the end of a process first, the others find it done. */
  async #bury(running: Running): Promise<void> {
    const exit = await running.process.exited;
    if (this.#running !== running) return;
    this.#running = undefined;
    const { number, asked, impatiently } = running;
    const diskWasFull = running.diskWasFull || this.#options.isDiskFull();
    const life: Life = { number, ended: { asked, impatiently, exit, hadSpoken: running.hadSpoken(), diskWasFull } };
    this.#past.push(life);
    this.#options.onEnd(life);
    if (asked !== undefined) return;
    this.#ownEnds += 1;
    await delay(Math.min(LONGEST_RESTART_AFTER_MS, FIRST_RESTART_AFTER_MS * 2 ** (this.#ownEnds - 1)));
    if (!this.#isOver) await this.start();
  }

  async #watch(running: Running): Promise<void> {
    const { onShown } = this.#options;
    for (let look = 1; this.#running === running; look += 1) {
      await this.#look(running);
      if (look % ASK_EVERY_LOOKS === 0) {
        // No answer is no finding: the process is starting, or gone.
        const [health, metrics] = await Promise.allSettled([running.process.health(), running.process.metrics()]);
        if (health.status === 'fulfilled') onShown('health', JSON.stringify(health.value.body));
        if (metrics.status === 'fulfilled') onShown('metrics', metrics.value);
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  async #look({ process }: Running): Promise<void> {
    const peak = process.pid === undefined ? undefined : await peakMemoryMiB(process.pid);
    if (peak !== undefined) this.#peakMemoryMiB = Math.max(this.#peakMemoryMiB, peak);
  }
}
