import { createWriteStream, type WriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a run keeps the module's data folder, and a log of all that happened. */
export class RunFolder {
  readonly path: string;
  readonly dataFolder: string;
  readonly #log: WriteStream;
  readonly #startedMs = performance.now();

  private constructor(path: string) {
    this.path = path;
    this.dataFolder = join(path, 'disk');
    this.#log = createWriteStream(join(path, 'run.log'), { mode: 0o600 });
  }

  static async open(): Promise<RunFolder> {
    const folder = new RunFolder(await mkdtemp(join(tmpdir(), 'fault-lab-')));
    await mkdir(folder.dataFolder, { mode: 0o700 });
    return folder;
  }

  /** @param who such as `lab` or `process 3` */
  log(who: string, text: string): void {
    this.#log.write(`${((performance.now() - this.#startedMs) / 1000).toFixed(3).padStart(9)} s  ${who}: ${text}\n`);
  }

  /** Copies the data folder to `data`, before its disk goes. */
  async saveData(): Promise<void> {
    await cp(this.dataFolder, join(this.path, 'data'), { recursive: true });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#log.end(resolve));
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
