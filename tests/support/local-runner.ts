import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../tools/playbook-runner/dist/main.js', import.meta.url));

/** `npm start` after its build, as a process, with a data folder of its own. */
export class LocalRunner {
  readonly address: string;
  readonly dataFolder: string;
  readonly #process: ChildProcess;
  readonly #output: string[];

  private constructor(parts: { address: string; dataFolder: string; process: ChildProcess; output: string[] }) {
    this.address = parts.address;
    this.dataFolder = parts.dataFolder;
    this.#process = parts.process;
    this.#output = parts.output;
  }

  /** @throws Error where the runner ends before it has said where its page is */
  static async start(...options: string[]): Promise<LocalRunner> {
    const dataFolder = await mkdtemp(join(tmpdir(), 'runner-'));
    const runner = spawn(process.execPath, [entry, '--port', '0', '--data', dataFolder, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output: string[] = [];
    const address = await new Promise<string>((resolve, reject) => {
      runner.stdout.setEncoding('utf8').on('data', (text: string) => {
        output.push(text);
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output.join(''));
        if (found) resolve(found[0]);
      });
      runner.once('exit', () => reject(new Error(`The runner has ended: ${output.join('')}`)));
    });
    return new LocalRunner({ address, dataFolder, process: runner, output });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** All that it has written. */
  get output(): string {
    return this.#output.join('');
  }

  /** Ctrl-C. Answers the exit code; null where it had to be killed after 12 seconds. */
  async stop(): Promise<number | null> {
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGINT');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 12_000);
    await exit;
    clearTimeout(timer);
    return this.#process.exitCode;
  }

  async remove(): Promise<void> {
    if (this.#process.exitCode === null) await this.stop();
    await rm(this.dataFolder, { recursive: true, force: true });
  }
}
