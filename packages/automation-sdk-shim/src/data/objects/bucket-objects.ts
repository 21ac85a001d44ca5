import { type Buckets, StoreError } from '../data-store.js';
import { type ConditionalWrites, LockLostError, type Writer } from './conditional-writes.js';
import {
  AT_ONCE,
  decodePart,
  encodePart,
  inParallel,
  joinParts,
  keyOfPart,
  namePart,
  type Part,
  type PartList,
} from './parts.js';
import { ConditionError, type ObjectStorage } from './object-storage.js';

export interface BucketObjectsOptions {
  readonly storage: ObjectStorage;
  readonly writes: ConditionalWrites;
  /** Of all keys; ends with a slash. */
  readonly prefix: string;
  /** Known once the store was taken. */
  readonly list: () => PartList;
  readonly writer: Writer;
  /** Runs writes as long as the store is this process's own. */
  readonly owned: <Result>(write: () => Promise<Result>) => Promise<Result>;
  /** Reading a bucket takes one request for each part. */
  readonly maxParts?: number;
}

const MAX_PARTS = 50;

/** Buckets as objects, one for each write, merged when there are many of them. */
export class BucketObjects implements Buckets {
  readonly #options: BucketObjectsOptions;
  /**
   * The numbers of a bucket's parts, in their order, as far as it is known: what failed may have happened all the same.
   */
  readonly #known = new Map<string, readonly number[]>();

  constructor(options: BucketObjectsOptions) {
    this.#options = options;
  }

  async names(): Promise<string[]> {
    return [...(await this.#options.list().names())];
  }

  async read(name: string): Promise<Buffer> {
    const parts = await this.#options.list().parts(name);
    if (parts === undefined) throw this.#spoiled(name, 'is not there');
    this.#known.set(name, parts);
    return this.#content(name, parts);
  }

  write(name: string, content: Buffer, at: number): Promise<void> {
    return this.#changing(name, async (known) => {
      const isMany = known.length >= (this.#options.maxParts ?? MAX_PARTS);
      const parts = isMany ? await this.#merge(name) : known;
      return [...parts, await this.#add(name, parts, { at, content })];
    });
  }

  remove(name: string): Promise<void> {
    return this.#changing(name, async () => {
      const list = this.#options.list();
      const parts = await list.parts(name);
      if (parts === undefined) return [];
      // Parts go one by one, and those left must not be taken for the content.
      const emptied = await this.#add(name, parts, { at: 'whole', content: Buffer.alloc(0) });
      await list.shorten(name, parts, emptied);
      await list.drop(name, emptied);
      return [];
    });
  }

  /** `change` gets the parts that are known and returns those that there are then. */
  #changing(name: string, change: (known: readonly number[]) => Promise<readonly number[]>): Promise<void> {
    return this.#options.owned(async () => {
      const known = this.#known.get(name) ?? (await this.#parts(name));
      const parts = await change(known);
      if (parts.length > 0) this.#known.set(name, parts);
      else this.#known.delete(name);
    });
  }

  /**
   * A crash after the first step leaves parts behind that count for nothing; the next merge or removal takes them
   * along.
   */
  async #merge(name: string): Promise<readonly number[]> {
    const parts = await this.#parts(name);
    const merged = await this.#add(name, parts, { at: 'whole', content: await this.#content(name, parts) });
    await this.#options.list().shorten(name, parts, merged);
    return [merged];
  }

  /** Returns the number that the part got. */
  async #add(name: string, parts: readonly number[], part: Part): Promise<number> {
    const { writes, writer, prefix, list } = this.#options;
    const mark = writer.mark();
    const body = encodePart(part);
    const last = parts.at(-1);
    for (let number = last === undefined ? await list().create(name) : last + 1; ; number += 1) {
      const key = keyOfPart(prefix, name, number);
      try {
        await writes.put(key, body, 'if none', mark);
        return number;
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
        // One of ours was given up and has arrived all the same; it stays, and this one goes behind it.
        if (!writer.wrote(error.there?.mark)) throw new LockLostError(`${key} was written by another process`);
      }
    }
  }

  async #content(name: string, numbers: readonly number[]): Promise<Buffer> {
    const { storage, prefix } = this.#options;
    const parts = await inParallel(AT_ONCE, numbers, async (number) => {
      const found = await storage.get(keyOfPart(prefix, name, number));
      const part = found && decodePart(found.body);
      if (part === undefined) throw this.#spoiled(`${name}/${namePart(number)}`, 'is not what was written there');
      return part;
    });
    return joinParts(parts);
  }

  async #parts(name: string): Promise<readonly number[]> {
    return (await this.#options.list().parts(name)) ?? [];
  }

  #spoiled(what: string, how: string): StoreError {
    return new StoreError(
      `The object storage cannot be used: ${this.#options.prefix}${what} ${how}. Let nobody else write or delete below that; if it was done, delete ${this.#options.prefix} as a whole: rows of the last day are then repeated.`,
    );
  }
}
