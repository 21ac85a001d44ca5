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
    for (let at = this.#firstSlot(fingerprint); this.#slots[at + statusOffset] !== 0; at = this.#slotAfter(at)) {
      if (!this.#isRow(at, fingerprint)) continue;
      if (this.#slots[at + statusOffset] === fingerprint.status) return 'repeat';
      sighting = 'changed';
    }
    return sighting;
  }

  add(fingerprint: Fingerprint): void {
    if (this.look(fingerprint) === 'repeat') return;
    if ((this.#size + 1) * 2 > this.#slots.length / numbersPerSlot) this.#grow();
    this.#insert(fingerprint);
  }

  #insert(fingerprint: Fingerprint): void {
    let at = this.#firstSlot(fingerprint);
    while (this.#slots[at + statusOffset] !== 0) at = this.#slotAfter(at);
    this.#slots[at] = fingerprint.rowHigh;
    this.#slots[at + 1] = fingerprint.rowLow;
    this.#slots[at + statusOffset] = fingerprint.status;
    this.#size += 1;
  }

  #isRow(at: number, fingerprint: Fingerprint): boolean {
    return this.#slots[at] === fingerprint.rowHigh && this.#slots[at + 1] === fingerprint.rowLow;
  }

  /** Where a fingerprint is looked for first. At least half of the slots are free, so that every search ends. */
  #firstSlot(fingerprint: Fingerprint): number {
    return (fingerprint.rowLow % (this.#slots.length / numbersPerSlot)) * numbersPerSlot;
  }

  #slotAfter(at: number): number {
    return (at + numbersPerSlot) % this.#slots.length;
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
