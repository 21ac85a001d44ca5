import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../log/log.js';
import type { OwnableStore, Release, Taking } from './data-store.js';
import { DataFolder } from './folder/data-folder.js';
import { codeOf, onDisk, replaceFile } from './folder/files.js';
import { lifeOf, type LockOwner, parseLockOwner } from './lock-owner.js';
import type { ObjectStorage } from './objects/object-storage.js';
import { ObjectStore } from './objects/object-store.js';

const PROBE = 'check.tmp';
const MARK = 'message-trace';

/**
 * The files of a store, for a person who looks at what a trigger keeps there. Names are paths below the store, such as
 * `rejected/2026-11-28.ndjson`. Methods throw StoreError.
 */
export interface StoreAccess {
  /** How messages name it. */
  readonly name: string;
  /** Whether there is a store: a folder may not be there. */
  exists(): Promise<boolean>;
  read(name: string): Promise<string | undefined>;
  /** The names below a folder, in order; none where there is no such folder. */
  names(folder: string): Promise<readonly string[]>;
  /** Whole, in one step. For the process that has taken the store. */
  replace(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Writes and removes a file, and so finds out whether that works. */
  tryWriting(): Promise<void>;
  /** Who has taken the store, where that process is not known to be dead. */
  owner(): Promise<LockOwner | undefined>;
  /** As a trigger does. @throws LockHeldError, StoreError */
  take(taking: Taking): Promise<Release>;
}

export class FolderAccess implements StoreAccess {
  readonly name: string;
  readonly #path: string;
  readonly #store: OwnableStore;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#store = new DataFolder(path, log);
    this.name = this.#store.name;
  }

  exists(): Promise<boolean> {
    return onDisk(this.#path, async () => (await stat(this.#path).catch(undefinedWhereMissing)) !== undefined);
  }

  read(name: string): Promise<string | undefined> {
    const path = join(this.#path, name);
    return onDisk(path, () => readFile(path, 'utf8').catch(undefinedWhereMissing));
  }

  names(folder: string): Promise<readonly string[]> {
    const path = join(this.#path, folder);
    return onDisk(path, async () => {
      const names = (await readdir(path).catch(undefinedWhereMissing)) ?? [];
      return names.sort().map((name) => `${folder}/${name}`);
    });
  }

  replace(name: string, text: string): Promise<void> {
    const path = join(this.#path, name);
    return onDisk(path, () => replaceFile(path, text));
  }

  remove(name: string): Promise<void> {
    const path = join(this.#path, name);
    return onDisk(path, () => rm(path, { force: true }));
  }

  tryWriting(): Promise<void> {
    const path = join(this.#path, `${PROBE}.${process.pid}`);
    return onDisk(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'x');
      await rm(path);
    });
  }

  async owner(): Promise<LockOwner | undefined> {
    return livingOwner(await this.read('.lock-holder.json'));
  }

  take(taking: Taking): Promise<Release> {
    return this.#store.take(taking);
  }
}

export interface ObjectPlace {
  readonly storage: ObjectStorage;
  readonly bucket: string;
  readonly prefix: string;
}

export class ObjectAccess implements StoreAccess {
  readonly name: string;
  readonly #place: ObjectPlace;
  readonly #store: OwnableStore;

  constructor(place: ObjectPlace, log: Log) {
    this.#place = place;
    this.#store = new ObjectStore({ ...place, log });
    this.name = this.#store.name;
  }

  exists(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async read(name: string): Promise<string | undefined> {
    return (await this.#place.storage.get(this.#key(name)))?.body.toString();
  }

  async names(folder: string): Promise<readonly string[]> {
    const { storage, prefix } = this.#place;
    const keys = await storage.keys(this.#key(`${folder}/`));
    return keys.map((key) => key.slice(prefix.length)).sort();
  }

  async replace(name: string, text: string): Promise<void> {
    await this.#place.storage.put(this.#key(name), Buffer.from(text), 'always', MARK);
  }

  remove(name: string): Promise<void> {
    return this.#place.storage.delete(this.#key(name));
  }

  async tryWriting(): Promise<void> {
    const name = `${PROBE}.${process.pid}`;
    await this.replace(name, 'x');
    await this.#place.storage.canDelete(this.#key(name));
  }

  async owner(): Promise<LockOwner | undefined> {
    return livingOwner(await this.read('.lock'));
  }

  take(taking: Taking): Promise<Release> {
    return this.#store.take(taking);
  }

  #key(name: string): string {
    return this.#place.prefix + name;
  }
}

function livingOwner(text: string | undefined): LockOwner | undefined {
  const owner = text === undefined ? undefined : parseLockOwner(text);
  return owner === undefined || lifeOf(owner) === 'dead' ? undefined : owner;
}

function undefinedWhereMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
