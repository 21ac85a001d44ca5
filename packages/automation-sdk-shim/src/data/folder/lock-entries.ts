import { mkdir, readdir, rename, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, folderModes } from './files.js';

const LOCK = '.lock';
/** What version 1.2 guarded its changes with. A process of that version that was killed leaves it behind. */
const OLD_GUARD = '.lock-change';
const ENTRY = /^([0-9a-f]{32})-(\d+)$/;

/**
 * A process that holds the lock, or is about to: its token, and how often it has renewed. The file's name says both.
 */
export interface Entry {
  readonly token: string;
  readonly beat: number;
}

export function nameOf({ token, beat }: Entry): string {
  return `${token}-${beat}`;
}

/**
 * The lock's folder `.lock`, with one empty file for its holder. Each method is one operation that file systems carry
 * out as a whole: making a folder, making, renaming or removing one file. None rests on times, rights, contents or
 * links.
 */
export class LockEntries {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, LOCK);
  }

  /** False where the lock's folder is there already. */
  async open(): Promise<boolean> {
    try {
      await mkdir(this.#path, { mode: (await folderModes(this.#folder)).folder });
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  /** Undefined where there is no such folder. */
  async list(): Promise<Entry[] | undefined> {
    const names = await unlessMissing(readdir(this.#path));
    return names?.flatMap((name) => {
      const [, token, beat] = ENTRY.exec(name) ?? [];
      return token === undefined ? [] : [{ token, beat: Number(beat) }];
    });
  }

  /** When the lock's folder has changed last. Version 1.2 sets this to the present every 2.5 s, and keeps no entry. */
  async changedMs(): Promise<number | undefined> {
    return (await unlessMissing(stat(this.#path)))?.mtimeMs;
  }

  /** False where the lock's folder has gone. */
  async add(entry: Entry): Promise<boolean> {
    const { file } = await folderModes(this.#folder);
    const made = writeFile(this.#entryPath(entry), '', { flag: 'wx', mode: file }).then(() => true);
    return (await unlessMissing(made)) ?? false;
  }

  /** False where there is no such entry: it was renewed, removed, or never there. */
  async renew(entry: Entry): Promise<boolean> {
    const next = { ...entry, beat: entry.beat + 1 };
    const renamed = rename(this.#entryPath(entry), this.#entryPath(next)).then(() => true);
    if ((await unlessMissing(renamed)) === true) return true;
    // An answer of a network file system that was lost is asked for again, and the second time there is nothing to
    // rename.
    return (await this.list())?.some(({ token, beat }) => token === next.token && beat === next.beat) ?? false;
  }

  /** False where there is no such entry, as for `renew`. Of all that remove one, one is told true. */
  async remove(entry: Entry): Promise<boolean> {
    return (await unlessMissing(unlink(this.#entryPath(entry)).then(() => true))) ?? false;
  }

  /** Removes the lock's folder where it is empty. False where it is not. */
  async close(): Promise<boolean> {
    try {
      await rmdir(this.#path);
      return true;
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(codeOf(error) ?? '')) return false;
      if (codeOf(error) === 'ENOENT') return true;
      throw error;
    }
  }

  /** What stays is harmless. */
  async removeOldGuard(): Promise<void> {
    await rmdir(join(this.#folder, OLD_GUARD)).catch(() => undefined);
  }

  #entryPath(entry: Entry): string {
    return join(this.#path, nameOf(entry));
  }
}

async function unlessMissing<Result>(action: Promise<Result>): Promise<Result | undefined> {
  try {
    return await action;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
