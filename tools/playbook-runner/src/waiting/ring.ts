/** The last `capacity` items, oldest first. */
export class Ring<Item> {
  readonly #capacity: number;
  #items: Item[] = [];

  /** @param capacity a whole number from 0, or Infinity. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(item: Item): void {
    this.#items.push(item);
    // Cut only when twice as long as needed, so that a push costs the same however many are kept.
    if (this.#items.length > 2 * this.#capacity) this.#items = this.items();
  }

  items(): Item[] {
    return this.#capacity === 0 ? [] : this.#items.slice(-this.#capacity);
  }
}
