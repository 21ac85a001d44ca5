import type { Fingerprint } from './fingerprint.js';

/** What a set knows about a row: never seen, seen with another status, or seen exactly so. */
export type Sighting = 'new' | 'changed' | 'repeat';

const numbersPerSlot = 3;
const statusOffset = 2;

/**
 * An exact set of fingerprints in one typed array (open addressing, linear probing): some 24 bytes an entry, where a Set of
 * strings or bigints takes five times as much. All statuses of a row lie in one probe sequence.
 */
export class FingerprintSet {
  #slots: Uint32Array;
  #size = 0;

  constructor(expected = 0) {
    this.#slots = new Uint32Array(capacityFor(expected) * numbersPerSlot);
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of memory held. */
  get bytes(): number {
    return this.#slots.byteLength;
  }

  look(fingerprint: Fingerprint): Sighting {
    let sighting: Sighting = 'new';
    for (const at of this.#probe(fingerprint)) {
      if (this.#slots[at + statusOffset] === 0) return sighting;
      if (!this.#isRow(at, fingerprint)) continue;
      if (this.#slots[at + statusOffset] === fingerprint.status) return 'repeat';
      sighting = 'changed';
    }
    return sighting;
  }

  add(fingerprint: Fingerprint): void {
    if ((this.#size + 1) * 2 > this.#slots.length / numbersPerSlot) this.#grow();
    this.#insert(fingerprint);
  }

  #insert(fingerprint: Fingerprint): void {
    for (const at of this.#probe(fingerprint)) {
      if (this.#slots[at + statusOffset] === 0) {
        this.#slots[at] = fingerprint.rowHigh;
        this.#slots[at + 1] = fingerprint.rowLow;
        this.#slots[at + statusOffset] = fingerprint.status;
        this.#size += 1;
        return;
      }
      if (this.#isRow(at, fingerprint) && this.#slots[at + statusOffset] === fingerprint.status) return;
    }
  }

  #isRow(at: number, fingerprint: Fingerprint): boolean {
    return this.#slots[at] === fingerprint.rowHigh && this.#slots[at + 1] === fingerprint.rowLow;
  }

  /** The slots of a fingerprint in the order in which it is looked for. There is always a free one, so it ends. */
  *#probe(fingerprint: Fingerprint): Generator<number> {
    const capacity = this.#slots.length / numbersPerSlot;
    for (let slot = fingerprint.rowLow % capacity; ; slot = (slot + 1) % capacity) yield slot * numbersPerSlot;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#size = 0;
    for (let at = 0; at < old.length; at += numbersPerSlot) {
      const status = old[at + statusOffset];
      if (status) this.#insert({ rowHigh: old[at] ?? 0, rowLow: old[at + 1] ?? 0, status });
    }
  }
}

function capacityFor(expected: number): number {
  let capacity = 16;
  while (capacity < expected * 2) capacity *= 2;
  return capacity;
}
