import type { IntakeTotals, RequestResult } from '../../sekoia/intake-totals.js';
import { execFile } from 'node:child_process';
import { constants, createWriteStream, type WriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tmpdir } from 'node:os';

/** The result of which there is one more. @throws RangeError where there is none */
export function grownResult(before: IntakeTotals['results'], after: IntakeTotals['results']): RequestResult {
  const results = Object.keys(after) as RequestResult[];
  const grown = results.find((result) => (after[result] ?? 0) > (before[result] ?? 0));
  if (grown === undefined) throw new RangeError('The intake has counted no request.');
  return grown;
}

const run = promisify(execFile);
/** Beside the document that the module replaces as it goes on. */
const WRITTEN = 'context.json.new';
const ENDED = '.hung';

/**
 * A data folder that hangs, as a network volume does whose server is gone: a FIFO lies where the module writes next,
 * and opening it never returns.
 * @returns what ends the hang: the open returns, and the write that follows fails, as the file has gone meanwhile
 */
export async function hang(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, WRITTEN);
  await rm(path, { force: true });
  await run('mkfifo', ['-m', '600', path]);
  return async () => {
    const ended = join(folder, ENDED);
    // Where the module has removed it, nothing hangs.
    const isThere = await rename(path, ended).then(
      () => true,
      () => false,
    );
    if (!isThere) return;
    // Opening for reading and writing does not block, and it releases those who wait for a reader.
    const file = await open(ended, constants.O_RDWR | constants.O_NONBLOCK);
    await rm(ended, { force: true });
    await file.close();
  };
}

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
    const folder = new RunFolder(await mkdtemp(join(tmpdir(), 'chaos-')));
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
