import { StoreError } from '../store-error.js';
import { ConditionError, type Condition, type ObjectStorage, type StoredObject } from './object-storage.js';
import type { Writer } from './writer.js';

const MOST_TRIES = 6;

/** Somebody else wrote where only this process should. */
export class TakenError extends Error {
  override readonly name = 'TakenError';
}

/** An object that is only ever written over the version seen last: of two processes, one notices the other. */
export class GuardedObject {
  readonly #storage: ObjectStorage;
  readonly #key: string;
  readonly #writer: Writer;
  /** The ETag; null where there was no object, undefined where nobody has looked yet. */
  #seen: string | null | undefined;

  constructor(storage: ObjectStorage, key: string, writer: Writer) {
    this.#storage = storage;
    this.#key = key;
    this.#writer = writer;
  }

  /** @throws StoreError */
  async read(): Promise<StoredObject | undefined> {
    const found = await this.#storage.get(this.#key);
    this.#seen = found?.etag ?? null;
    return found;
  }

  /**
   * Not to be called again before it has ended.
   * @throws TakenError where the object is not as this process saw or left it; StoreError
   */
  async replace(body: Buffer): Promise<void> {
    const mark = this.#writer.mark();
    if (this.#seen === undefined) this.#seen = (await this.#storage.version(this.#key))?.etag ?? null;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      try {
        this.#seen = await this.#storage.put(this.#key, body, conditionFor(this.#seen, tries), mark);
        return;
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
      }
      const now = await this.#storage.version(this.#key);
      const isOurs = this.#writer.wrote(now?.mark);
      if (!isOurs && (now?.etag ?? null) !== this.#seen)
        throw new TakenError(`${this.#key} was written by another process`);
      // Of ours, it is this write, or one that was given up and has arrived all the same.
      this.#seen = now?.etag ?? null;
      if (now?.mark === mark) return;
    }
    throw new StoreError(
      `The object storage cannot be used: it refuses to replace ${this.#key}, though nobody else has written it. If this lasts, use a storage that honours If-Match.`,
    );
  }

  /** Whether this process wrote what was found, perhaps without having heard so. */
  isOurs(found: StoredObject | undefined): boolean {
    return this.#writer.wrote(found?.mark);
  }

  /** Whether the storage keeps to conditions, tried on the object, which must be there. Without that nothing is guarded. */
  async isGuarded(): Promise<boolean> {
    const body = (await this.read())?.body ?? Buffer.alloc(0);
    for (const condition of ['if none', { etag: '0'.repeat(32) }] as const) {
      try {
        this.#seen = await this.#storage.put(this.#key, body, condition, this.#writer.mark());
        return false;
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
      }
    }
    return true;
  }
}

/** RFC 9110 wants quotes around an ETag, and some storages want none: after a refusal the other spelling is tried. */
function conditionFor(etag: string | null, tries: number): Condition {
  if (etag === null) return 'if none';
  return { etag: tries % 2 === 0 ? etag : `"${etag}"` };
}
