import type { ObjectStorage } from './object-storage.js';

/**
 * Results in the order of the items, `limit` of them being worked on at a time. After a failure no further one is
 * begun.
 */
export async function inParallel<Item, Result>(
  limit: number,
  items: readonly Item[],
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let first = 0; first < items.length; first += limit) {
    results.push(...(await Promise.all(items.slice(first, first + limit).map(action))));
  }
  return results;
}

/**
 * A bucket's content as objects: an object storage cannot write into an object, so each write is one of its own, a
 * part. Parts are numbered in the order of the writes, and the content is what comes of repeating them.
 */
export interface Part {
  /** The offset in bytes; `whole` for the content of all parts before it, which then count for nothing. */
  readonly at: number | 'whole';
  readonly content: Buffer;
}

const HEADER_BYTES = 8;
const WHOLE = -1n;

/** The name of a part is its number alone, so that two processes cannot both write the next one. */
export function namePart(number: number): string {
  return String(number).padStart(8, '0');
}

/** The numbers in their order; what names no part is left out. */
export function numbersOf(names: readonly string[]): number[] {
  return names
    .filter((name) => /^\d{8,15}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The part as an object's body: at, as a big-endian 64-bit integer (whole: -1), then the content. */
export function encodePart({ at, content }: Part): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeBigInt64BE(at === 'whole' ? WHOLE : BigInt(at));
  return Buffer.concat([header, content]);
}

/** Undefined where the body is no part. */
export function decodePart(body: Buffer): Part | undefined {
  if (body.length < HEADER_BYTES) return undefined;
  const at = body.readBigInt64BE();
  if (at < WHOLE || at > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { at: at === WHOLE ? 'whole' : Number(at), content: body.subarray(HEADER_BYTES) };
}

/** What comes of the writes, one after the other; gaps are zeros, as in a file. */
export function joinParts(parts: readonly Part[]): Buffer {
  const lastWhole = parts.findLastIndex(({ at }) => at === 'whole');
  const current = parts.slice(Math.max(0, lastWhole));
  const placed = current.map(({ at, content }) => ({ offset: at === 'whole' ? 0 : at, content }));
  const joined = Buffer.alloc(placed.reduce((end, { offset, content }) => Math.max(end, offset + content.length), 0));
  for (const { offset, content } of placed) content.copy(joined, offset);
  return joined;
}

/** Which buckets there are, and of which parts each consists. Methods throw StoreError. */
export interface PartList {
  names(): Promise<readonly string[]>;
  /** The numbers of the bucket's parts, in their order; undefined where there is no such bucket. */
  parts(name: string): Promise<readonly number[] | undefined>;
  /** Makes a bucket that is not there, and returns the number of its first part. */
  create(name: string): Promise<number>;
  /** Parts before `whole`, which count for nothing any more, go. */
  shorten(name: string, parts: readonly number[], whole: number): Promise<void>;
  /** The bucket goes, of which only the empty part `whole` is left. */
  drop(name: string, whole: number): Promise<void>;
}

export interface PartKeys {
  readonly storage: ObjectStorage;
  /** Of all keys; ends with a slash. */
  readonly prefix: string;
}

/** As many as there are connections. */
export const AT_ONCE = 8;
export const FIRST_NUMBER = 1;
const INDEX = '.index';

export function keyOfPart(prefix: string, name: string, number: number): string {
  return `${prefix}${name}/${namePart(number)}`;
}

/** The object that lists the buckets where the storage cannot. */
export function indexKey(prefix: string): string {
  return prefix + INDEX;
}

/** What the storage itself lists. */
export class ListedParts implements PartList {
  readonly #keys: PartKeys;
  #hasNoIndex = false;

  constructor(keys: PartKeys) {
    this.#keys = keys;
  }

  names(): Promise<readonly string[]> {
    return this.#keys.storage.folders(this.#keys.prefix);
  }

  async parts(name: string): Promise<readonly number[] | undefined> {
    const prefix = `${this.#keys.prefix}${name}/`;
    const keys = await this.#keys.storage.keys(prefix);
    const numbers = numbersOf(keys.map((key) => key.slice(prefix.length)));
    return numbers.length === 0 ? undefined : numbers;
  }

  async create(): Promise<number> {
    await this.#removeIndex();
    return FIRST_NUMBER;
  }

  async shorten(name: string, parts: readonly number[]): Promise<void> {
    const { storage, prefix } = this.#keys;
    await this.#removeIndex();
    await inParallel(AT_ONCE, parts, (number) => storage.delete(keyOfPart(prefix, name, number)));
  }

  async drop(name: string, whole: number): Promise<void> {
    await this.shorten(name, [whole]);
  }

  /** An index of a time when the storage could not list would be wrong by now if it cannot again. */
  async #removeIndex(): Promise<void> {
    if (!this.#hasNoIndex) await this.#keys.storage.delete(indexKey(this.#keys.prefix));
    this.#hasNoIndex = true;
  }
}
