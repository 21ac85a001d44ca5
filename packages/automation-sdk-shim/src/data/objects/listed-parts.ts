import { inParallel } from './in-parallel.js';
import { AT_ONCE, FIRST_NUMBER, indexKey, keyOfPart, type PartKeys, type PartList } from './part-list.js';
import { numbersOf } from './parts.js';

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
