import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../fixtures/module/main.mjs', import.meta.url));

export interface LogLine {
  readonly level: string;
  readonly msg: string;
}

/** The user and group that the process runs as. By default the same as this process. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** The test module as a process of its own. */
export class ModuleProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #text = '';
  #output = '';

  constructor(env: Record<string, string>, args: readonly string[] = ['test'], identity: Identity = {}) {
    this.child = spawn(process.execPath, [main, ...args], {
      env: { LIVENESS_PORT: '0', METRICS_PORT: '0', SYMPHONY_VOLUME: '/nowhere', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...identity,
    });
    this.child.stderr!.setEncoding('utf8').on('data', (part: string) => {
      this.#text += part;
      this.child.emit('said');
    });
    this.child.stdout!.setEncoding('utf8').on('data', (part: string) => (this.#output += part));
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      this.child.emit('said');
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  /** All that came out on standard error. */
  get text(): string {
    return this.#text;
  }

  /** All that came out on standard output. */
  get output(): string {
    return this.#output;
  }

  lines(): LogLine[] {
    const complete = this.#text.slice(0, this.#text.lastIndexOf('\n') + 1);
    return complete
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** The first line that contains `words`, once it has come. */
  async says(words: string): Promise<LogLine> {
    for (;;) {
      const line = this.lines().find(({ msg }) => msg.includes(words));
      if (line !== undefined) return line;
      if (this.child.exitCode !== null) throw new Error(`It ended without saying "${words}":\n${this.#text}`);
      await once(this.child, 'said');
    }
  }

  /** The port that serves `what`, from the log. */
  async port(what: 'health' | 'metrics'): Promise<number> {
    const { msg } = await this.says(`answers ${what}.`);
    return Number(/port (\d+)/.exec(msg)![1]);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
