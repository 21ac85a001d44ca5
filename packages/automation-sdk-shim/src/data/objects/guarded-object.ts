import { StoreError } from '../store-error.js';
import type { ConditionalWrites } from './conditional-writes.js';
import { ConditionError, type ObjectStorage, type StoredObject } from './object-storage.js';
import type { Writer } from './writer.js';


/** Somebody else wrote where only this process should. */
export class LockLostError extends Error {
  override readonly name = 'TakenError';
}

export interface GuardedObjectOptions {
  readonly storage: ObjectStorage;
  readonly writes: ConditionalWrites;
  readonly key: string;
  readonly writer: Writer;
}

/** An object that is only ever written over the version seen last: of two processes, one notices the other. */
export class GuardedObject {
  readonly #options: GuardedObjectOptions;
  /** The ETag; null where there was no object, undefined where nobody has looked yet. */
  #seen: string | null | undefined;

  constructor(options: GuardedObjectOptions) {
    this.#options = options;
  }

  /** @throws StoreError */
  async read(): Promise<StoredObject | undefined> {
    const found = await this.#options.storage.get(this.#options.key);
    this.#seen = found?.etag ?? null;
    return found;
  }

  /**
   * Not to be called again before it has ended.
   * @throws TakenError where the object is not as this process saw or left it; StoreError
   */
  async replace(body: Buffer): Promise<void> {
    const { storage, writes, key, writer } = this.#options;
    const mark = writer.mark();
    if (this.#seen === undefined) this.#seen = (await storage.version(key))?.etag ?? null;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      try {
        this.#seen = await writes.put(key, body, this.#seen === null ? 'if none' : { etag: this.#seen }, mark);
        return;
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
        if (!writer.wrote(error.there?.mark)) throw new LockLostError(`${key} was written by another process`);
        // Ours, given up before, has arrived all the same.
        this.#seen = error.there?.etag ?? null;
      }
    }
    throw new StoreError(
      `The object storage cannot be used: it refuses to replace ${key}, though nobody else has written it. It is tried again.`,
    );
  }

  /** Whether this process wrote what was found, perhaps without having heard so. */
  isOurs(found: StoredObject | undefined): boolean {
    return this.#options.writer.wrote(found?.mark);
  }
}
