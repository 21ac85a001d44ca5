import { readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { MAX_DOCUMENT_BYTES } from '../../budgets.js';
import type { Log } from '../../log/log.js';
import type { PersistentDocument } from '../data-store.js';
import { documentText, nameAside, parseDocument, reportDamage } from '../document-text.js';
import { codeOf, onDisk, replaceFile, restoreFile, syncFolder } from './files.js';

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
