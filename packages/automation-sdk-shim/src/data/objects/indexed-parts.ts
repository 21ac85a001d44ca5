import { parseObject } from '../../json.js';
import { acceptor } from '../lock-owner.js';
import { StoreError } from '../data-store.js';
import type { GuardedObject } from './conditional-writes.js';
import {
  AT_ONCE,
  encodePart,
  FIRST_NUMBER,
  indexKey,
  inParallel,
  keyOfPart,
  type PartKeys,
  type PartList,
} from './parts.js';

interface Index {
  /** The number of each bucket's first part that counts. */
  readonly buckets: Readonly<Record<string, number>>;
  /** No dropped bucket had a part beyond this number. Remains of a dropped bucket do no harm. */
  readonly beyond: number;
}

/** Numbers as `namePart` writes them. */
const NUMBER = { type: 'integer', minimum: 0, maximum: 1e15 - 1 };
const isIndex = acceptor<Index>({
  type: 'object',
  required: ['buckets', 'beyond'],
  properties: { buckets: { type: 'object', additionalProperties: NUMBER }, beyond: NUMBER },
});

export interface IndexedPartsOptions extends PartKeys {
  readonly index: GuardedObject;
  readonly canRemove: boolean;
  /** What there is where there is no index yet; undefined where the storage cannot tell. */
  readonly listed: PartList | undefined;
  readonly mark: () => string;
}

/**
 * What an object of our own lists, for storages that cannot list, or cannot remove. The parts of a bucket are those
 * from the first on, without a gap. What cannot be removed is written over with an empty part.
 */
export class IndexedParts implements PartList {
  readonly #options: IndexedPartsOptions;
  #index: Promise<Index> | undefined;

  constructor(options: IndexedPartsOptions) {
    this.#options = options;
  }

  async names(): Promise<readonly string[]> {
    return Object.keys((await this.#read()).buckets);
  }

  async parts(name: string): Promise<readonly number[] | undefined> {
    const first = (await this.#read()).buckets[name];
    if (first === undefined) return undefined;
    const { storage, prefix } = this.#options;
    const found: number[] = [];
    for (;;) {
      const next = Array.from({ length: AT_ONCE }, (_, ahead) => first + found.length + ahead);
      const versions = await Promise.all(next.map((number) => storage.version(keyOfPart(prefix, name, number))));
      const missing = versions.indexOf(undefined);
      found.push(...next.slice(0, missing === -1 ? AT_ONCE : missing));
      if (missing !== -1) return found.length === 0 ? [] : found;
    }
  }

  async create(name: string): Promise<number> {
    const index = await this.#read();
    const first = index.buckets[name] ?? index.beyond + FIRST_NUMBER;
    await this.#write({ ...index, buckets: { ...index.buckets, [name]: first } });
    return first;
  }

  async shorten(name: string, parts: readonly number[], whole: number): Promise<void> {
    const index = await this.#read();
    await this.#write({ ...index, buckets: { ...index.buckets, [name]: whole } });
    await inParallel(AT_ONCE, parts, (number) => this.#clear(name, number));
  }

  async drop(name: string, whole: number): Promise<void> {
    await this.#clear(name, whole);
    const { buckets, beyond } = await this.#read();
    const left = Object.entries(buckets).filter(([other]) => other !== name);
    await this.#write({ buckets: Object.fromEntries(left), beyond: Math.max(beyond, whole) });
  }

  async #clear(name: string, number: number): Promise<void> {
    const { storage, prefix, canRemove, mark } = this.#options;
    const key = keyOfPart(prefix, name, number);
    if (canRemove) await storage.delete(key);
    else await storage.put(key, encodePart({ at: 'whole', content: Buffer.alloc(0) }), 'always', mark());
  }

  #read(): Promise<Index> {
    this.#index ??= this.#load();
    this.#index.catch(() => (this.#index = undefined));
    return this.#index;
  }

  async #load(): Promise<Index> {
    const { index, listed, prefix } = this.#options;
    const found = await index.read();
    if (found === undefined) return listed === undefined ? { buckets: {}, beyond: 0 } : indexOf(listed);
    const parsed = parseObject(found.body.toString());
    if (isIndex(parsed)) return parsed;
    throw new StoreError(
      `The object storage cannot be used: ${indexKey(prefix)} is not what was written there. Let nobody else write below that; if it was done, delete ${prefix} as a whole: rows of the last day are then repeated.`,
    );
  }

  async #write(index: Index): Promise<void> {
    // A failure leaves open which of the two is there.
    this.#index = undefined;
    await this.#options.index.replace(Buffer.from(`${JSON.stringify(index)}\n`));
    this.#index = Promise.resolve(index);
  }
}

async function indexOf(listed: PartList): Promise<Index> {
  const buckets: Record<string, number> = {};
  for (const name of await listed.names()) buckets[name] = lastRunOf((await listed.parts(name)) ?? []);
  return { buckets, beyond: 0 };
}

/**
 * Where the numbers go on without a gap to their end. A gap is what a broken-off removal leaves, before a part that has
 * it all.
 */
function lastRunOf(numbers: readonly number[]): number {
  const beforeGap = numbers.findLastIndex(
    (number, at) => numbers[at + 1] !== undefined && numbers[at + 1] !== number + 1,
  );
  return numbers[beforeGap + 1] ?? FIRST_NUMBER;
}
