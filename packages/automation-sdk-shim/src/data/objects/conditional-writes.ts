import { randomUUID } from 'node:crypto';
import {
  type Condition,
  ConditionError,
  type ObjectStorage,
  type StoredObject,
  type Version,
} from './object-storage.js';
import { StoreError } from '../data-store.js';

/** Marks what this process writes, each write by itself: so a write whose answer was lost can be recognised. */
export class Writer {
  readonly #id = randomUUID();
  #writes = 0;

  mark(): string {
    this.#writes += 1;
    return `${this.#id}.${this.#writes}`;
  }

  wrote(mark: string | undefined): boolean {
    return mark?.startsWith(`${this.#id}.`) === true;
  }
}

/** Which conditions the storage keeps to. */
interface Honoured {
  readonly ifNoneMatch: boolean;
  readonly ifMatch: boolean;
}

export interface ConditionalWritesOptions {
  readonly storage: ObjectStorage;
  /** Called once where a condition turns out not to be supported after all. */
  readonly onUnsupported: (honoured: Honoured) => void;
}

const MAX_TRIES = 6;

/**
 * Writes under a condition: checked by the storage where it can, else by a look just before the write. A look cannot
 * notice what another process writes between the two.
 */
export class ConditionalWrites {
  readonly #options: ConditionalWritesOptions;
  #honoured: Honoured = { ifNoneMatch: true, ifMatch: true };

  constructor(options: ConditionalWritesOptions) {
    this.#options = options;
  }

  /** What the storage was found to support. */
  set honoured(honoured: Honoured) {
    this.#honoured = honoured;
  }

  /** Whether the storage itself keeps two processes apart. */
  get areReliable(): boolean {
    return this.#honoured.ifNoneMatch && this.#honoured.ifMatch;
  }

  /**
   * Returns the new ETag, also where an earlier try of this write had arrived and its answer was lost.
   * @throws ConditionError with what is there instead; StoreError
   */
  async put(key: string, body: Buffer, condition: Exclude<Condition, 'always'>, mark: string): Promise<string> {
    const { storage } = this.#options;
    const ability = condition === 'if none' ? 'ifNoneMatch' : 'ifMatch';
    for (let tries = 0; this.#honoured[ability] && tries < MAX_TRIES; tries += 1) {
      try {
        return await storage.put(key, body, spelled(condition, tries), mark);
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
        if (error.reason === 'unknown') break;
      }
      const there = await storage.version(key);
      if (there?.mark === mark) return there.etag;
      assertHolds(key, condition, there);
    }
    const etag = await this.#lookAndPut(key, body, condition, mark);
    if (this.#honoured[ability]) {
      // It refused the condition, and took the same write without.
      this.#honoured = { ...this.#honoured, [ability]: false };
      this.#options.onUnsupported(this.#honoured);
    }
    return etag;
  }

  async #lookAndPut(key: string, body: Buffer, condition: Condition, mark: string): Promise<string> {
    const { storage } = this.#options;
    const there = await storage.version(key);
    if (there?.mark === mark) return there.etag;
    assertHolds(key, condition, there);
    return storage.put(key, body, 'always', mark);
  }
}

/** @throws ConditionError */
function assertHolds(key: string, condition: Condition, there: Version | undefined): void {
  const holds = typeof condition === 'object' ? there?.etag === condition.etag : there === undefined;
  if (!holds) throw new ConditionError(`the condition on ${key} did not hold`, 'failed', there);
}

/** RFC 9110 wants quotes around an ETag, and some storages want none: after a refusal the other spelling is tried. */
function spelled(condition: Condition, tries: number): Condition {
  if (typeof condition !== 'object') return condition;
  return { etag: tries % 2 === 0 ? condition.etag : `"${condition.etag}"` };
}

/** Another process wrote where only this process should. */
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
  /** The ETag. Null where there was no object, undefined where it has not been read yet. */
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
