import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk, syncFolder } from './files.js';
import type { BucketStorage } from './fingerprint-store.js';

const suffix = '.fingerprints';

/** Buckets as files of a folder. What `write` has returned for survives a power cut. Every method may throw a StorageError. */
export class BucketFiles implements BucketStorage {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  names(): Promise<string[]> {
    return onDisk(this.#folder, async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const files = await readdir(this.#folder);
      return files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
    });
  }

  read(name: string): Promise<Buffer> {
    const path = this.#path(name);
    return onDisk(path, () => readFile(path));
  }

  write(name: string, content: Buffer, at: number): Promise<void> {
    const path = this.#path(name);
    return onDisk(path, async () => {
      const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      try {
        for (let done = 0; done < content.length;) {
          done += (await file.write(content, done, content.length - done, at + done)).bytesWritten;
        }
        await file.datasync();
      } finally {
        await file.close();
      }
      if (at === 0) await syncFolder(this.#folder);
    });
  }

  remove(name: string): Promise<void> {
    const path = this.#path(name);
    return onDisk(path, () => rm(path, { force: true }));
  }

  #path(name: string): string {
    return join(this.#folder, name + suffix);
  }
}
