import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../../log/log.js';
import type { Buckets, OwnableStore, PersistentDocument, Release, Taking } from '../data-store.js';
import { BucketFiles } from './bucket-files.js';
import { DocumentFile } from './document-file.js';
import { onDisk } from './files.js';
import { lockFolder } from './folder-lock.js';

/** The store as a folder on disk, which only the module's user can read. */
export class DataFolder implements OwnableStore {
  readonly name: string;
  readonly path: string;
  readonly #log: Log;

  constructor(path: string, log: Log) {
    this.name = `data folder ${path}`;
    this.path = path;
    this.#log = log;
  }

  take(taking: Taking): Promise<Release> {
    return onDisk(this.path, async () => {
      await mkdir(this.path, { recursive: true, mode: 0o700 });
      return lockFolder({ folder: this.path, ...taking });
    });
  }

  document<T extends object>(name: string): PersistentDocument<T> {
    return new DocumentFile<T>(join(this.path, name), this.#log);
  }

  buckets(name: string): Buckets {
    return new BucketFiles(join(this.path, name));
  }

  appendLine(name: string, line: string): Promise<void> {
    const path = join(this.path, name);
    return onDisk(path, async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await appendFile(path, `${line}\n`, { mode: 0o600, flush: true });
    });
  }
}
