import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { Ring, WaitingRoom, type WaitOptions } from '../wait-for.js';

const tasks = new Set<() => void>();

/**
 * Does `task` when this process exits by itself; not where it is killed. All tasks share one listener: many playbooks
 * would have Node.js warn of a leak.
 *
 * @returns takes the task back
 */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) process.on('exit', doAll);
  tasks.add(task);
  return () => {
    tasks.delete(task);
    if (tasks.size === 0) process.off('exit', doAll);
  };
}

function doAll(): void {
  for (const task of tasks) {
    try {
      task();
    } catch {
      // The others must still run, and there is no one left to report to.
    }
  }
}

/** The text, or where it has more than `most` characters its beginning, saying that the rest is missing. */
export function cutOff(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)} … (the rest is cut off)` : text;
}

const MAX_LINE_CHARACTERS = 65_536;

/**
 * Cuts a stream of text into lines. Of a longer line than 65,536 characters the rest is dropped up to its line break:
 * as lines of their own, its parts would show the halves of a secret that neither can be recognised by.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  /** No more than tells that the line is too long, so that memory stays bounded. */
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS + 1);
    for (const line of lines) this.#tell(line);
  }

  /** To be called at the stream's end: what comes after the last line break is a line as well. */
  end(): void {
    if (this.#rest !== '') this.#tell(this.#rest);
    this.#rest = '';
  }

  #tell(line: string): void {
    this.#onLine(cutOff(line, MAX_LINE_CHARACTERS));
  }
}

export type OutputStream = 'stdout' | 'stderr';

export interface OutputLine {
  readonly stream: OutputStream;
  readonly text: string;
}

export interface ChildOptions {
  /** Arguments of this Node.js: options, the script, and what the script gets. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A program that becomes Node.js with the arguments it gets; by default this Node.js itself. */
  readonly executable?: string;
  /** Must not throw. */
  readonly onLine?: (line: OutputLine) => void;
}

/** How a process ended: by itself with a code, or by a signal; the other one is null. */
export interface Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Stop extends Exit {
  /** From the signal to the end. */
  readonly tookMs: number;
}

type Spawned = ChildProcessByStdio<Writable, Readable, Readable>;

/** The same from `src` and from `dist`. */
const END_WITH_PARENT = new URL('../../scripts/end-with-parent.mjs', import.meta.url).href;
const STORED_LINES = 1000;
const SHOWN_LINES = 20;

/**
 * A Node.js process that does not outlive this one: it is killed when this one exits, and where this one is killed
 * itself it notices, and stops as SIGTERM would have it.
 *
 * It is the leader of a process group of its own: Ctrl-C in a terminal goes to the terminal's whole group, and a child
 * that got it too would stop out of order, and take the signal that follows for an impatient second one.
 */
export class ChildProcess {
  /** Fulfilled when the process has ended and all its output has been read. */
  readonly exited: Promise<Exit>;
  readonly #child: Spawned;
  readonly #lines = new Ring<OutputLine>(STORED_LINES);
  readonly #onLine: (line: OutputLine) => void;
  readonly #waiting = new WaitingRoom(() => this.#lines.items(), showLastLines);

  private constructor(child: Spawned, onLine: ChildOptions['onLine']) {
    this.#child = child;
    this.#onLine = onLine ?? (() => undefined);
    this.#read('stdout', child.stdout);
    this.#read('stderr', child.stderr);
    this.exited = this.#watch();
  }

  /** @throws Error where the operating system refuses another process. */
  static async start({
    arguments: args,
    environment,
    executable = process.execPath,
    onLine,
  }: ChildOptions): Promise<ChildProcess> {
    const child = spawn(executable, ['--import', END_WITH_PARENT, ...args], {
      env: environment,
      // Its input is what the child notices by: nothing comes, and it ends with this process.
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    // Before anything else: where no more files can be opened (EMFILE), there are not even the streams that its type
    // has.
    await once(child, 'spawn');
    return new ChildProcess(child, onLine);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The last 1,000 lines of both streams, oldest first. */
  lines(): readonly OutputLine[] {
    return this.#lines.items();
  }

  /**
   * The first line that matches, among those that are kept and those to come.
   *
   * @throws Error when the process ends or `withinMs` pass without one; its message shows the last lines.
   */
  waitForOutput(pattern: RegExp, options?: WaitOptions): Promise<RegExpExecArray> {
    // A copy without "g" and "y": those make a pattern remember where it has matched last.
    const anywhere = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
    return this.#waiting.find((lines) => {
      for (const { text } of lines) {
        const match = anywhere.exec(text);
        if (match) return match;
      }
      return undefined;
    }, options);
  }

  /** Sends `signal`, and SIGKILL where the process still runs `killAfterMs` (default 15,000) later. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', killAfterMs = 15_000): Promise<Stop> {
    const startedMs = performance.now();
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), killAfterMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return { ...exit, tookMs: performance.now() - startedMs };
  }

  kill(): Promise<Stop> {
    return this.stop('SIGKILL');
  }

  #read(stream: OutputStream, readable: Readable): void {
    const splitter = new LineSplitter((text) => {
      this.#lines.push({ stream, text });
      this.#onLine({ stream, text });
      this.#waiting.announce();
    });
    readable.setEncoding('utf8');
    readable.on('data', (text: string) => splitter.push(text));
    readable.on('end', () => splitter.end());
  }

  #watch(): Promise<Exit> {
    const forget = atExit(() => this.#child.kill('SIGKILL'));
    return new Promise((resolve) => {
      this.#child.once('close', (exitCode, signal) => {
        forget();
        this.#waiting.close('the process ended');
        resolve({ exitCode, signal });
      });
    });
  }
}

function showLastLines(lines: readonly OutputLine[]): string {
  return lines
    .slice(-SHOWN_LINES)
    .map(({ text }) => `\n  ${text}`)
    .join('');
}

/** `signal SIGKILL` or `exit code 1`. */
export function describeExit({ exitCode, signal }: Exit): string {
  return signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
}
