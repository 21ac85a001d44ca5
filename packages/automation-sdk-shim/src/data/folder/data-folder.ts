import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../../log/log.js';
import type { Buckets, FolderSize, OwnableStore, PersistentDocument, Release, Taking } from '../data-store.js';
import { BucketFiles } from './bucket-files.js';
import { DocumentFile } from './document-file.js';
import { codeOf, flush, folderModes, makeFolder, onDisk } from './files.js';
import { lockFolder } from './folder-lock.js';
import type { HeldLock } from './held-lock.js';

/**
 * The store as a folder on disk, which only the module's user can read, and the folder's group where the folder lets it
 * write. Once it was taken, nothing is written without the lock.
 */
export class DataFolder implements OwnableStore {
  readonly name: string;
  readonly path: string;
  readonly #log: Log;
  readonly #confirm = async () => this.#lock?.confirm();
  #lock: HeldLock | undefined;

  constructor(path: string, log: Log) {
    this.name = `data folder ${path}`;
    this.path = path;
    this.#log = log;
  }

  take(taking: Taking): Promise<Release> {
    return onDisk(this.path, async () => {
      await makeFolder(this.path);
      const lock = await lockFolder({ folder: this.path, ...taking });
      this.#lock = lock;
      return () => lock.release();
    });
  }

  document<T extends object>(name: string): PersistentDocument<T> {
    return new DocumentFile<T>(join(this.path, name), this.#log, this.#confirm);
  }

  buckets(name: string): Buckets {
    return new BucketFiles(join(this.path, name), this.#confirm);
  }

  appendLine(name: string, line: string): Promise<void> {
    const path = join(this.path, name);
    return onDisk(path, async () => {
      await this.#confirm();
      await makeFolder(dirname(path));
      const file = await open(path, 'a', (await folderModes(dirname(path))).file);
      try {
        await file.appendFile(`${line}\n`);
        await flush(file);
      } finally {
        await file.close();
      }
    });
  }

  sizeOf(name: string): Promise<FolderSize> {
    const folder = join(this.path, name);
    return onDisk(folder, async () => {
      const names = await readdir(folder).catch(emptyWhereAbsent);
      const sizes = await Promise.all(names.map((file) => sizeOfFile(join(folder, file))));
      return { files: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
    });
  }
}

function emptyWhereAbsent(error: unknown): string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}

/** 0 where the file was just moved away. */
async function sizeOfFile(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
