import { SECRETS } from '@sekoia/automation-sdk-shim';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { ReadStream, WriteStream } from 'node:tty';

/** How a command ended, for the shell. */
export const EXIT = { complete: 0, failed: 1, usage: 2, incomplete: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What was asked for makes no sense as it is: the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The reader of the output has gone, as `head` does once it has enough. */
export class ClosedReaderError extends Error {
  override readonly name = 'ClosedReaderError';
}

/** A process's own streams fit, and so do those of tests. */
interface Streams {
  readonly stdin: NodeJS.ReadStream | ReadStream;
  readonly stdout: NodeJS.WriteStream | WriteStream;
  readonly stderr: NodeJS.WriteStream | WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Where a command reads and writes. Data goes to standard output, everything else to standard error, and no secret to
 * either.
 */
export class Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Streams['stdin'];
  readonly stdout: Streams['stdout'];
  readonly stderr: Streams['stderr'];
  /** Of the command line, which is that of the module. */
  readonly version: string;
  readonly #stop = new AbortController();
  #isClosed = false;

  constructor({ stdin, stdout, stderr, env }: Streams = process, version = '') {
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.env = env;
    this.version = version;
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      this.#isClosed = true;
    });
    // There is nowhere left to say so.
    stderr.on('error', () => undefined);
  }

  /** Aborted by the first SIGINT or SIGTERM. The second ends the process at once. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  listenForStop(): void {
    const stop = (name: 'SIGINT' | 'SIGTERM') => {
      if (this.#stop.signal.aborted) process.exit(128 + constants.signals[name]);
      this.#stop.abort();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  }

  /** Whether a person reads the data. */
  get isInteractive(): boolean {
    return this.stdout.isTTY;
  }

  /** Whether a person can answer a question. */
  get canAsk(): boolean {
    return this.stdin.isTTY && this.stderr.isTTY;
  }

  /** A sentence for the person, on standard error. */
  say(sentence: string): void {
    this.stderr.write(`${SECRETS.redact(sentence)}\n`);
  }

  /** Data. Resolves once there is room for more. @throws ClosedReaderError */
  async write(text: string): Promise<void> {
    if (this.#isClosed) throw new ClosedReaderError();
    if (text === '') return;
    if (this.stdout.write(SECRETS.redact(text))) return;
    // Neither a reader that goes nor one that hangs may hold up the end.
    await once(this.stdout, 'drain', { signal: this.signal }).catch(() => undefined);
  }

  /** Resolves once all data has left the process. @throws ClosedReaderError */
  async flush(): Promise<void> {
    const error = await new Promise<unknown>((resolve) => this.stdout.write('', resolve));
    if (error instanceof Error) throw new ClosedReaderError();
  }
}
