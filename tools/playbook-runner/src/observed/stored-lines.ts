interface Numbered {
  /** Counts up from 1. */
  readonly number: number;
}

export interface StoredLimits {
  readonly items: number;
  /** Of UTF-8, summed over the items' texts. */
  readonly bytes: number;
}

/** The last items of a sequence that never ends, within limits. Readers say with a number how far they have read. */
export class Stored<Item extends Numbered> {
  readonly #limits: StoredLimits;
  readonly #textOf: (item: Item) => string;
  readonly #items: { readonly item: Item; readonly bytes: number }[] = [];
  #bytes = 0;
  #added = 0;

  constructor(limits: StoredLimits, textOf: (item: Item) => string) {
    this.#limits = limits;
    this.#textOf = textOf;
  }

  add(make: (number: number) => Item): void {
    this.#added += 1;
    const item = make(this.#added);
    const bytes = Buffer.byteLength(this.#textOf(item));
    this.#items.push({ item, bytes });
    this.#bytes += bytes;
    while (this.#items.length > this.#limits.items || this.#bytes > this.#limits.bytes) {
      this.#bytes -= this.#items.shift()?.bytes ?? 0;
    }
  }

  /** Oldest first. Everything for a number that was never given out: it comes from another run of this program. */
  after(number: number): Item[] {
    const read = number > this.#added ? 0 : number;
    const first = this.#items.findIndex(({ item }) => item.number > read);
    return first === -1 ? [] : this.#items.slice(first).map(({ item }) => item);
  }

  find(number: number): Item | undefined {
    return this.#items.find(({ item }) => item.number === number)?.item;
  }
}
