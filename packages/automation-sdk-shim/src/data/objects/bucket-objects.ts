import type { Buckets } from '../data-store.js';
import { StoreError } from '../store-error.js';
import { TakenError } from './guarded-object.js';
import { inParallel } from './in-parallel.js';
import { ConditionError, type ObjectStorage } from './object-storage.js';
import { decodePart, encodePart, joinParts, namePart, numbersOf, type Part } from './parts.js';
import type { Writer } from './writer.js';

export interface BucketObjectsOptions {
  readonly storage: ObjectStorage;
  /** Of all keys; ends with a slash. */
  readonly prefix: string;
  readonly writer: Writer;
  /** Runs writes as long as the store is this process's own. */
  readonly owned: <Result>(write: () => Promise<Result>) => Promise<Result>;
  /** Reading a bucket takes one request for each part. */
  readonly mostParts?: number;
}

const MOST_PARTS = 50;
/** As many as there are connections. */
const AT_ONCE = 8;

/** Buckets as objects, one for each write, merged when there are many of them. */
export class BucketObjects implements Buckets {
  readonly #options: BucketObjectsOptions;
  /** The numbers of a bucket's parts, in their order, as far as it is known: what failed may have happened all the same. */
  readonly #known = new Map<string, readonly number[]>();

  constructor(options: BucketObjectsOptions) {
    this.#options = options;
  }

  names(): Promise<string[]> {
    return this.#options.storage.folders(this.#options.prefix);
  }

  async read(name: string): Promise<Buffer> {
    const parts = await this.#list(name);
    if (parts.length === 0) throw this.#spoiled(name, 'is not there');
    this.#known.set(name, parts);
    return this.#content(name, parts);
  }

  write(name: string, content: Buffer, at: number): Promise<void> {
    return this.#changing(name, async (known) => {
      const isMany = known.length >= (this.#options.mostParts ?? MOST_PARTS);
      const parts = isMany ? await this.#merge(name) : known;
      return [...parts, await this.#add(name, parts, { at, content })];
    });
  }

  remove(name: string): Promise<void> {
    return this.#changing(name, async () => {
      const parts = await this.#list(name);
      if (parts.length === 0) return [];
      // Parts go one by one, and those left must not be taken for the content.
      const emptied = await this.#add(name, parts, { at: 'whole', content: Buffer.alloc(0) });
      await this.#delete(name, parts);
      await this.#delete(name, [emptied]);
      return [];
    });
  }

  /** `change` gets the parts that are known and returns those that there are then. */
  #changing(name: string, change: (known: readonly number[]) => Promise<readonly number[]>): Promise<void> {
    return this.#options.owned(async () => {
      const known = this.#known.get(name) ?? (await this.#list(name));
      const parts = await change(known);
      if (parts.length > 0) this.#known.set(name, parts);
      else this.#known.delete(name);
    });
  }

  /** A crash after the first step leaves parts behind that count for nothing; the next merge or removal takes them along. */
  async #merge(name: string): Promise<readonly number[]> {
    const parts = await this.#list(name);
    const merged = await this.#add(name, parts, { at: 'whole', content: await this.#content(name, parts) });
    await this.#delete(name, parts);
    return [merged];
  }

  /** Writes a part behind those that there are. Returns its number. */
  async #add(name: string, parts: readonly number[], part: Part): Promise<number> {
    const { storage, writer } = this.#options;
    const mark = writer.mark();
    const body = encodePart(part);
    for (let number = (parts.at(-1) ?? 0) + 1; ; number += 1) {
      const key = this.#key(name, number);
      try {
        await storage.put(key, body, 'if none', mark);
        return number;
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
      }
      const there = await storage.version(key);
      if (there?.mark === mark) return number;
      // One of ours was given up and has arrived all the same; it stays, and this one goes behind it.
      if (!writer.wrote(there?.mark)) throw new TakenError(`${key} was written by another process`);
    }
  }

  async #content(name: string, numbers: readonly number[]): Promise<Buffer> {
    const parts = await inParallel(AT_ONCE, numbers, async (number) => {
      const found = await this.#options.storage.get(this.#key(name, number));
      const part = found && decodePart(found.body);
      if (part === undefined) throw this.#spoiled(`${name}/${namePart(number)}`, 'is not what was written there');
      return part;
    });
    return joinParts(parts);
  }

  async #delete(name: string, numbers: readonly number[]): Promise<void> {
    await inParallel(AT_ONCE, numbers, (number) => this.#options.storage.delete(this.#key(name, number)));
  }

  async #list(name: string): Promise<readonly number[]> {
    const prefix = `${this.#options.prefix}${name}/`;
    const keys = await this.#options.storage.keys(prefix);
    return numbersOf(keys.map((key) => key.slice(prefix.length)));
  }

  #key(name: string, number: number): string {
    return `${this.#options.prefix}${name}/${namePart(number)}`;
  }

  #spoiled(what: string, how: string): StoreError {
    return new StoreError(
      `The object storage cannot be used: ${this.#options.prefix}${what} ${how}. Let nobody else write or delete below that; if it was done, delete ${this.#options.prefix} as a whole: rows of the last day are then repeated.`,
    );
  }
}
