import { hash, randomInt } from 'node:crypto';
import { deliveryIdentity, rowIdentity, statusIdentity, type TraceRecord } from '../model/record.js';

/**
 * What has been delivered already, in 96 bits: 64 for the row (trace id, recipient and sender) and 32 for its status.
 * A row with another status shares the first 64 bits, so that a status change can be told from a row that is new.
 */
export interface Fingerprint {
  readonly rowHigh: number;
  readonly rowLow: number;
  readonly status: number;
}

/** Bytes of one fingerprint on disk. */
export const fingerprintBytes = 12;

export function fingerprintOf(record: TraceRecord): Fingerprint {
  return fingerprint(deliveryIdentity(record), record);
}

/** As versions before 1.3 made it, without the sender. */
export function legacyFingerprintOf(record: TraceRecord): Fingerprint {
  return fingerprint(rowIdentity(record), record);
}

function fingerprint(identity: string, record: TraceRecord): Fingerprint {
  const row = sha256(identity);
  return {
    rowHigh: uint32In(row, 0),
    rowLow: uint32In(row, 4),
    status: statusHash(statusIdentity(record)),
  };
}

export function writeFingerprint(fingerprint: Fingerprint, into: Buffer, at: number): void {
  into.writeUInt32LE(fingerprint.rowHigh, at);
  into.writeUInt32LE(fingerprint.rowLow, at + 4);
  into.writeUInt32LE(fingerprint.status, at + 8);
}

export function readFingerprint(from: Buffer, at: number): Fingerprint {
  return { rowHigh: from.readUInt32LE(at), rowLow: from.readUInt32LE(at + 4), status: from.readUInt32LE(at + 8) };
}

/**
 * Zero marks a free slot in FingerprintSet, so no status hashes to it. The answers know a dozen statuses: worth
 * remembering, within bounds.
 */
export function statusHash(status: string): number {
  let known = knownStatuses.get(status);
  if (known === undefined) {
    known = uint32In(sha256(status), 0) || 1;
    if (knownStatuses.size < 1000) knownStatuses.set(status, known);
  }
  return known;
}

const knownStatuses = new Map<string, number>();

/** A character for each byte: a Buffer for each row would cost three times as much. */
function sha256(text: string): string {
  return hash('sha256', text, 'binary');
}

/** Little-endian. */
function uint32In(bytes: string, at: number): number {
  const low = bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8);
  const high = bytes.charCodeAt(at + 2) | (bytes.charCodeAt(at + 3) << 8);
  return (low | (high << 16)) >>> 0;
}

/** What a set knows about a row: never seen, seen with another status, or seen exactly so. */
export type Sighting = 'new' | 'changed' | 'repeat';

const numbersPerSlot = 3;
const statusOffset = 2;
/**
 * The answers know a dozen statuses. What a damaged file says beyond that is not kept: each is compared with all others
 * of its row.
 */
const MAX_STATUSES_OF_A_ROW = 16;
/** Drawn anew by each process: a damaged or forged file cannot aim at a place where all its entries are looked for. */
const SEED = randomInt(2 ** 32);

/**
 * An exact set of fingerprints in one typed array (open addressing, linear probing): some 24 bytes an entry, where a
 * Set of strings or bigints takes five times as much. All statuses of a row lie in one probe sequence, in the order in
 * which they were added.
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
    const statuses = this.#otherStatuses(fingerprint);
    if (statuses === undefined) return 'repeat';
    return statuses > 0 ? 'changed' : 'new';
  }

  /** The status of the row that was added last; undefined where none is known. */
  lastStatus(fingerprint: Fingerprint): number | undefined {
    let status: number | undefined;
    for (let at = this.#firstSlot(fingerprint); this.#slots[at + statusOffset] !== 0; at = this.#slotAfter(at))
      if (this.#isRow(at, fingerprint)) status = this.#slots[at + statusOffset];
    return status;
  }

  add(fingerprint: Fingerprint): void {
    const statuses = this.#otherStatuses(fingerprint);
    if (statuses === undefined || statuses >= MAX_STATUSES_OF_A_ROW) return;
    if ((this.#size + 1) * 2 > this.#slots.length / numbersPerSlot) this.#grow();
    this.#insert(fingerprint);
  }

  /** How many statuses of the row are known; undefined where this one is. */
  #otherStatuses(fingerprint: Fingerprint): number | undefined {
    let statuses = 0;
    for (let at = this.#firstSlot(fingerprint); this.#slots[at + statusOffset] !== 0; at = this.#slotAfter(at)) {
      if (!this.#isRow(at, fingerprint)) continue;
      if (this.#slots[at + statusOffset] === fingerprint.status) return undefined;
      statuses += 1;
    }
    return statuses;
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
    return (mixed(fingerprint) % (this.#slots.length / numbersPerSlot)) * numbersPerSlot;
  }

  #slotAfter(at: number): number {
    return (at + numbersPerSlot) % this.#slots.length;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#size = 0;
    // From a free slot on: the statuses of a row stay in their order, also of one that lies across the end.
    let first = 0;
    while (old[first + statusOffset] !== 0) first += numbersPerSlot;
    for (let step = 0; step < old.length; step += numbersPerSlot) {
      const at = (first + step) % old.length;
      const status = old[at + statusOffset];
      if (status) this.#insert({ rowHigh: old[at] ?? 0, rowLow: old[at + 1] ?? 0, status });
    }
  }
}

/** 32 bits that depend on all bits of the row, as the last steps of MurmurHash3 make them. */
function mixed({ rowHigh, rowLow }: Fingerprint): number {
  let bits = Math.imul(rowLow ^ SEED, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15) ^ rowHigh, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function capacityFor(expected: number): number {
  let capacity = 16;
  while (capacity < expected * 2) capacity *= 2;
  return capacity;
}
