import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Buckets } from '../data-store.js';
import { onDisk, syncFolder } from './files.js';

/** Buckets as files of a folder, which is made where it is missing. The folder's name is the files' extension. */
export class BucketFiles implements Buckets {
  readonly #folder: string;
  readonly #suffix: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#suffix = `.${basename(folder)}`;
  }

  names(): Promise<string[]> {
    return onDisk(this.#folder, async () => {
      await this.#create();
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
      if (at === 0) await this.#create();
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

  async #create(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  #path(name: string): string {
    return join(this.#folder, name + this.#suffix);
  }
}
