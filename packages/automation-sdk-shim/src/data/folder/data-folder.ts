import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MAX_DOCUMENT_BYTES } from '../../budgets.js';
import type { Log } from '../../log/log.js';
import {
  type Buckets,
  documentText,
  type FolderSize,
  nameAside,
  type OwnableStore,
  parseDocument,
  type PersistentDocument,
  type Release,
  reportDamage,
  type Taking,
} from '../data-store.js';
import { codeOf, flush, folderModes, makeFolder, onDisk, replaceFile, restoreFile, syncFolder } from './files.js';
import { constants } from 'node:fs';
import { lockFolder } from './folder-lock.js';
import type { HeldLock } from './held-lock.js';

/** A document as a file. */
export class DocumentFile<T extends object> implements PersistentDocument<T> {
  readonly #path: string;
  readonly #log: Log;
  readonly #confirm: () => Promise<void>;
  #writing: Promise<void> = Promise.resolve();

  /** `confirm` throws where another process may write here. */
  constructor(path: string, log: Log, confirm: () => Promise<void>) {
    this.#path = path;
    this.#log = log;
    this.#confirm = confirm;
  }

  read(accepts: (value: object) => boolean = () => true): Promise<T | undefined> {
    return onDisk(this.#path, async () => {
      const text = await this.#text();
      if (text === undefined) return undefined;
      const value = parseDocument(text, accepts);
      if (value === undefined) await this.#setAside();
      return value as T | undefined;
    });
  }

  write(value: T): Promise<void> {
    const text = documentText(value);
    const replace = async () => {
      await this.#confirm();
      await replaceFile(this.#path, text);
    };
    const written = this.#writing.then(() => onDisk(this.#path, replace));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #text(): Promise<string | undefined> {
    try {
      // What is too large is damaged; its content need not be known.
      if ((await stat(this.#path)).size > MAX_DOCUMENT_BYTES) return '';
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      return (await restoreFile(this.#path)) ? readFile(this.#path, 'utf8') : undefined;
    }
  }

  async #setAside(): Promise<void> {
    const aside = nameAside(this.#path, new Date());
    await rename(this.#path, aside);
    await syncFolder(dirname(this.#path));
    reportDamage(this.#log, basename(this.#path), basename(aside));
  }
}

/** Buckets as files of a folder, which is made where it is missing. The folder's name is the files' extension. */
export class BucketFiles implements Buckets {
  readonly #folder: string;
  readonly #suffix: string;

  readonly #confirm: () => Promise<void>;

  /** `confirm` throws where another process may write here. */
  constructor(folder: string, confirm: () => Promise<void>) {
    this.#folder = folder;
    this.#confirm = confirm;
    this.#suffix = `.${basename(folder)}`;
  }

  names(): Promise<string[]> {
    return onDisk(this.#folder, async () => {
      await makeFolder(this.#folder);
      const files = await readdir(this.#folder);
      return files.filter((file) => file.endsWith(this.#suffix)).map((file) => file.slice(0, -this.#suffix.length));
    });
  }

  read(name: string): Promise<Buffer> {
    const path = this.#path(name);
    return onDisk(path, () => readFile(path));
  }

  write(name: string, content: Buffer, at: number): Promise<void> {
    const path = this.#path(name);
    return onDisk(path, async () => {
      await this.#confirm();
      if (at === 0) await makeFolder(this.#folder);
      const { file: mode } = await folderModes(this.#folder);
      const file = await open(path, constants.O_RDWR | constants.O_CREAT, mode);
      try {
        for (let done = 0; done < content.length;) {
          done += (await file.write(content, done, content.length - done, at + done)).bytesWritten;
        }
        await flush(file);
      } finally {
        await file.close();
      }
      if (at === 0) await syncFolder(this.#folder);
    });
  }

  remove(name: string): Promise<void> {
    const path = this.#path(name);
    return onDisk(path, async () => {
      await this.#confirm();
      await rm(path, { force: true });
    });
  }

  #path(name: string): string {
    return join(this.#folder, name + this.#suffix);
  }
}

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
