import { constants } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Buckets } from '../data-store.js';
import { flush, folderModes, makeFolder, onDisk, syncFolder } from './files.js';

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
