import { open, readFile, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { parseObject } from '../json.js';
import type { Log } from '../log/log.js';

/**
 * A JSON object in a file that survives crashes: at any moment the file holds the old value or the new one, whole.
 */
export class PersistentJson<T extends object> {
  readonly #path: string;
  readonly #log: Log;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /**
   * The value, or undefined where there is no file. A file that is not a JSON object, or not one that `accepts` takes, is
   * set aside under a dated name, reported as an error, and counts as absent.
   * @throws the file system's error where the file cannot be read
   */
  async read(accepts: (value: object) => boolean = () => true): Promise<T | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const value = parseObject(text);
    if (value === undefined || !accepts(value)) {
      await this.#setAside();
      return undefined;
    }
    return value as T;
  }

  /**
   * Resolves once the value is on disk. Calls are carried out one after the other.
   * @throws the file system's error; the old value is still there then
   */
  write(value: T): Promise<void> {
    const text = `${JSON.stringify(value, undefined, 2)}\n`;
    const written = this.#writing.then(() => replaceFile(this.#path, text));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #setAside(): Promise<void> {
    const damaged = `${this.#path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    await rename(this.#path, damaged);
    this.#log.error(
      `${basename(this.#path)} is damaged and was set aside as ${basename(damaged)}: what it remembered is forgotten. Keep the file if you want the cause to be found.`,
    );
  }
}

/** Writes beside, then renames: a crash leaves the old file or the new one, never a part. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(dirname(path));
}

/** Without it the new name could be lost in a power cut although the content is on disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
