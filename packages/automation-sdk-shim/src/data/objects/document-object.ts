import type { Log } from '../../log/log.js';
import type { PersistentDocument } from '../data-store.js';
import { documentText, nameAside, parseDocument, reportDamage } from '../document-text.js';
import type { GuardedObject } from './guarded-object.js';

export interface DocumentObjectOptions {
  readonly name: string;
  readonly object: GuardedObject;
  /** Runs a write as long as the store is this process's own. */
  readonly owned: <Result>(write: () => Promise<Result>) => Promise<Result>;
  /** Keeps what was set aside. */
  readonly keep: (name: string, body: Buffer) => Promise<void>;
  readonly log: Log;
}

/** A document as an object. A damaged one is copied aside and stays where it is until it is written over. */
export class DocumentObject<T extends object> implements PersistentDocument<T> {
  readonly #options: DocumentObjectOptions;
  #setAside: string | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: DocumentObjectOptions) {
    this.#options = options;
  }

  async read(accepts: (value: object) => boolean = () => true): Promise<T | undefined> {
    const { name, object, keep, log } = this.#options;
    await this.#writing;
    const found = await object.read();
    if (found === undefined || found.etag === this.#setAside) return undefined;
    const value = parseDocument(found.body.toString(), accepts);
    if (value === undefined) {
      const aside = nameAside(name, new Date());
      await keep(aside, found.body);
      this.#setAside = found.etag;
      reportDamage(log, name, aside);
    }
    return value as T | undefined;
  }

  write(value: T): Promise<void> {
    const { object, owned } = this.#options;
    const body = Buffer.from(documentText(value));
    const written = this.#writing.then(() => owned(() => object.replace(body)));
    this.#writing = written.catch(() => undefined);
    return written;
  }
}
