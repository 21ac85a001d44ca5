import { hash } from 'node:crypto';
import type { RowIdentity } from './row-identity.js';

const CHUNK_BYTES = 1 << 20;

interface Chunk {
  readonly bytes: Buffer;
  /** Where each text of the chunk ends. */
  readonly ends: number[];
  readonly firstPosition: number;
}

/**
 * Many short texts by position, as UTF-8 outside the garbage-collected heap. A text of a million takes its bytes and a
 * few more, where a string of its own would take some 50 more.
 */
export class TextStore {
  readonly #chunks: Chunk[] = [];
  #length = 0;

  push(text: string): void {
    const bytes = Buffer.byteLength(text);
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || endOf(chunk) + bytes > chunk.bytes.length) {
      chunk = {
        bytes: Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes)),
        ends: [],
        firstPosition: this.#length,
      };
      this.#chunks.push(chunk);
    }
    const start = endOf(chunk);
    chunk.bytes.write(text, start);
    chunk.ends.push(start + bytes);
    this.#length += 1;
  }

  /** @throws RangeError where there is no such position. */
  at(position: number): string {
    const chunk = this.#chunks.findLast(({ firstPosition }) => firstPosition <= position);
    const end = chunk?.ends[position - chunk.firstPosition];
    if (chunk === undefined || end === undefined) throw new RangeError(`There is no text at ${position}.`);
    return chunk.bytes.toString('utf8', chunk.ends[position - chunk.firstPosition - 1] ?? 0, end);
  }
}

function endOf(chunk: Chunk): number {
  return chunk.ends.at(-1) ?? 0;
}

const FIRST_CAPACITY = 1024;
const FREE = 0;

/**
 * How often each identity was delivered, in the order of their first delivery.
 *
 * Identities are told apart by 64 bits of SHA-256 of their lower-cased parts: among a million the chance that any two
 * are taken for one is 3 in 100 million. A million take some 130 MB at most: 14 bytes each in the columns, 8 to 16 in
 * the index, their text, and the old columns while they grow.
 */
export class DeliveredTable {
  #size = 0;
  #keys = new BigUint64Array(FIRST_CAPACITY);
  #times = new Uint32Array(FIRST_CAPACITY);
  /** Open addressing: each slot holds an entry's position plus 1, or FREE. Twice as long as the columns. */
  #slots = new Uint32Array(2 * FIRST_CAPACITY);
  readonly #texts = new TextStore();

  get size(): number {
    return this.#size;
  }

  add(identity: RowIdentity): void {
    const key = keyOf(identity);
    const known = this.#find(key);
    if (known !== undefined) {
      this.#times[known] = this.timesAt(known) + 1;
      return;
    }
    if (this.#size === this.#keys.length) this.#grow();
    this.#keys[this.#size] = key;
    this.#times[this.#size] = 1;
    this.#texts.push(JSON.stringify([identity.traceId, identity.recipient, identity.status]));
    this.#occupySlot(key, this.#size);
    this.#size += 1;
  }

  /** The position of the identity, counted from 0 by first delivery; undefined if it was never delivered. */
  positionOf(identity: RowIdentity): number | undefined {
    return this.#find(keyOf(identity));
  }

  timesAt(position: number): number {
    return this.#times[position] ?? 0;
  }

  identityAt(position: number): RowIdentity {
    const [traceId, recipient, status] = JSON.parse(this.#texts.at(position)) as [string, string, string];
    return { traceId, recipient, status };
  }

  #find(key: bigint): number | undefined {
    const occupant = this.#slots[this.#slotOf(key)] ?? FREE;
    return occupant === FREE ? undefined : occupant - 1;
  }

  /** The slot that holds `key`, else the free one where it belongs. At least half of the slots are free. */
  #slotOf(key: bigint): number {
    const mask = this.#slots.length - 1;
    let slot = Number(key & BigInt(mask));
    for (;;) {
      const occupant = this.#slots[slot] ?? FREE;
      if (occupant === FREE || this.#keys[occupant - 1] === key) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #occupySlot(key: bigint, position: number): void {
    this.#slots[this.#slotOf(key)] = position + 1;
  }

  #grow(): void {
    const capacity = 2 * this.#keys.length;
    const keys = new BigUint64Array(capacity);
    keys.set(this.#keys);
    this.#keys = keys;
    const times = new Uint32Array(capacity);
    times.set(this.#times);
    this.#times = times;
    this.#slots = new Uint32Array(2 * capacity);
    for (let position = 0; position < this.#size; position += 1) {
      this.#occupySlot(keys[position] ?? 0n, position);
    }
  }
}

function keyOf({ traceId, recipient, status }: RowIdentity): bigint {
  return hash('sha256', [traceId, recipient, status].join('\0').toLowerCase(), 'buffer').readBigUInt64LE();
}
