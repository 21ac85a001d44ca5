export interface PrefetchOptions<Item> {
  /** Asked before each item that is fetched before it is needed. */
  readonly mayFetchAhead: () => boolean;
  readonly sizeOf: (item: Item) => number;
  /** The most that waits to be worked on, in the unit of `sizeOf`; a single item may be larger. */
  readonly maxAhead: number;
}

/**
 * Fetches the next items while the current one is worked on: one at least, and as many more as fit into `maxAhead`. So
 * a slow answer on one side does not stop the other. Items come in their order; a failure is met in its place.
 */
export async function* prefetched<Item>(
  items: AsyncGenerator<Item, void, undefined>,
  options: PrefetchOptions<Item>,
): AsyncGenerator<Item, void, undefined> {
  const ahead = new Ahead(items, options);
  try {
    for (let item = await ahead.next(); item !== undefined; item = await ahead.next()) {
      ahead.fetchMore();
      yield item;
    }
  } finally {
    await ahead.close();
    await items.return();
  }
}

/** The items that were fetched and wait to be worked on. */
class Ahead<Item> {
  readonly #items: AsyncGenerator<Item, void, undefined>;
  readonly #options: PrefetchOptions<Item>;
  readonly #ready: Item[] = [];
  #size = 0;
  #max = 0;
  #fetching: Promise<void> | undefined;
  #isAwaited = false;
  #end: { readonly failure?: unknown } | undefined;

  constructor(items: AsyncGenerator<Item, void, undefined>, options: PrefetchOptions<Item>) {
    this.#items = items;
    this.#options = options;
  }

  /** Undefined after the last one. @throws what fetching it has thrown */
  async next(): Promise<Item | undefined> {
    if (this.#ready.length === 0 && this.#end === undefined) {
      this.#isAwaited = true;
      this.#fetching ??= this.#fetch();
      await this.#fetching;
      this.#isAwaited = false;
    }
    const item = this.#ready.shift();
    if (item !== undefined) this.#size -= this.#options.sizeOf(item);
    else if (this.#end !== undefined && 'failure' in this.#end) throw this.#end.failure;
    return item;
  }

  fetchMore(): void {
    if (this.#fetching !== undefined || this.#end !== undefined || !this.#hasRoom()) return;
    if (this.#options.mayFetchAhead()) this.#fetching = this.#fetch();
  }

  /** Nothing more is fetched; what is on its way comes to nothing. */
  async close(): Promise<void> {
    this.#end ??= {};
    await this.#fetching;
  }

  async #fetch(): Promise<void> {
    try {
      const { done, value } = await this.#items.next();
      if (done === true || value === undefined) this.#end ??= {};
      else this.#add(value);
    } catch (failure) {
      this.#end ??= { failure };
    }
    this.#fetching = undefined;
    // What is awaited is handed out first.
    if (!this.#isAwaited) this.fetchMore();
  }

  #add(item: Item): void {
    const size = this.#options.sizeOf(item);
    this.#ready.push(item);
    this.#size += size;
    this.#max = Math.max(this.#max, size);
  }

  #hasRoom(): boolean {
    return this.#ready.length === 0 || this.#size + this.#max <= this.#options.maxAhead;
  }
}
