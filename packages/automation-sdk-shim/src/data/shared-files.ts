/** The files by which the actions of a playbook hand data to each other: results of one, arguments of another. */
import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { MAX_SHARED_FILE_BYTES } from '../budgets.js';
import { ConfigurationError } from '../errors.js';
import { excerpt } from '../log/foreign-text.js';
import { codeOf, makeFolder, onDisk } from './folder/files.js';
import type { ObjectStorage } from './objects/object-storage.js';

/**
 * Files in the playbook's data folder, or objects in its bucket. Paths are relative to it and have slashes, such as
 * "c0ffee00-…/rows.json". Nothing is locked: each file is written once, under a name of its own.
 */
export interface SharedFiles {
  /**
   * The content; undefined where there is no such file.
   * @throws ConfigurationError where the path leads out of the data folder, or the file is larger than
   * `MAX_SHARED_FILE_BYTES`; StoreError
   */
  read(path: string): Promise<Buffer | undefined>;
  /** @throws StoreError */
  write(path: string, content: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Another module's container reads it, with another user: as the umask of Sekoia's own modules leaves it. */
const FILE_MODE = 0o644;
/** What the system answers where the path cannot be that of a file. */
const NO_FILE = new Set<unknown>(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/** Whether a path lies below a folder. Both are absolute and without `..`. */
export function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

export class SharedFolder implements SharedFiles {
  readonly #folder: string;

  /** `folder` is an absolute path. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  read(name: string): Promise<Buffer | undefined> {
    const path = resolve(this.#folder, name);
    if (!isBelow(this.#folder, path)) throw leadsOut(name);
    return onDisk(path, async () => {
      try {
        const real = await realpath(path);
        // A link in the folder can lead out of it, too.
        if (!isBelow(await realpath(this.#folder), real)) throw leadsOut(name);
        const status = await stat(real);
        if (!status.isFile()) return undefined;
        if (status.size > MAX_SHARED_FILE_BYTES) throw tooLarge(name);
        return await readFile(real);
      } catch (error) {
        if (NO_FILE.has(codeOf(error))) return undefined;
        throw error;
      }
    });
  }

  write(name: string, content: Buffer): Promise<void> {
    const path = resolve(this.#folder, name);
    return onDisk(path, async () => {
      await makeFolder(dirname(path));
      const file = await open(path, 'wx');
      try {
        await file.chmod(FILE_MODE);
        await file.writeFile(content);
      } finally {
        await file.close();
      }
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface BucketOptions {
  readonly storage: ObjectStorage;
  /** What all keys begin with: nothing, or folders that end with a slash. */
  readonly prefix: string;
}

export class SharedObjects implements SharedFiles {
  readonly #options: BucketOptions;

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  async read(name: string): Promise<Buffer | undefined> {
    const { storage, prefix } = this.#options;
    const parts = name.split('/').filter((part, index) => part !== '.' && (part !== '' || index === 0));
    if (parts[0] === '' || parts.includes('..')) throw leadsOut(name);
    const body = (await storage.get(prefix + parts.join('/')))?.body;
    if (body !== undefined && body.length > MAX_SHARED_FILE_BYTES) throw tooLarge(name);
    return body;
  }

  async write(name: string, content: Buffer): Promise<void> {
    const { storage, prefix } = this.#options;
    await storage.put(prefix + name, content, 'always', randomUUID());
  }

  close(): Promise<void> {
    return this.#options.storage.close();
  }
}

function leadsOut(name: string): ConfigurationError {
  return new ConfigurationError(`"${excerpt(name)}" leads out of the playbook's data folder. Give a path below it.`);
}

function tooLarge(name: string): ConfigurationError {
  const limit = MAX_SHARED_FILE_BYTES / 1_048_576;
  return new ConfigurationError(
    `The file "${excerpt(name)}" is larger than ${limit} MiB. Give the action less at once.`,
  );
}
