import {
  type Fingerprint,
  fingerprintBytes,
  FingerprintSet,
  readFingerprint,
  type Sighting,
  writeFingerprint,
} from './fingerprint-set.js';
import type { CollectorLog } from '../model/ports.js';
import { MAX_STORED_TIME_MS, MIN_STORED_TIME_MS } from '../model/stored.js';

export interface FiledFingerprint {
  readonly bucket: string;
  readonly fingerprint: Fingerprint;
}

/** Where buckets outlive the process. Every method may throw a StorageError. */
export interface BucketStorage {
  names(): Promise<string[]>;
  read(name: string): Promise<Buffer>;
  /** Writes at an offset, over whatever is there; returns once it would survive a power cut. */
  write(name: string, content: Buffer, at: number): Promise<void>;
  remove(name: string): Promise<void>;
}

interface Bucket {
  readonly set: FingerprintSet;
  /** Bytes of whole entries in the file; where the next entry goes, over whatever a torn write left behind. */
  size: number;
}

const hourMs = 3_600_000;

/**
 * Fingerprints in storage, in one bucket for each hour of the time received, loaded when a range needs that hour.
 * Exact: what `append` has returned for survives SIGKILL and a power cut, and nothing else is taken for delivered.
 */
export class FingerprintStore {
  readonly #storage: BucketStorage;
  readonly #log: CollectorLog;
  readonly #maxLoadedBytes: number;
  readonly #stored: Set<string>;
  /** In the order of their last use, so that the first is the one to let go. */
  readonly #loaded = new Map<string, Bucket>();

  private constructor(storage: BucketStorage, names: Iterable<string>, log: CollectorLog, maxLoadedBytes: number) {
    this.#storage = storage;
    this.#stored = new Set(names);
    this.#log = log;
    this.#maxLoadedBytes = maxLoadedBytes;
  }

  /** @throws StorageError */
  static async open(
    storage: BucketStorage,
    log: CollectorLog,
    maxLoadedBytes = 32 * 1024 * 1024,
  ): Promise<FingerprintStore> {
    return new FingerprintStore(storage, await storage.names(), log, maxLoadedBytes);
  }

  /** Makes `look` possible for these buckets; lets others go if memory asks for it. @throws StorageError */
  async load(buckets: ReadonlySet<string>): Promise<void> {
    for (const name of buckets) {
      const bucket = this.#loaded.get(name) ?? (await this.#read(name));
      this.#loaded.delete(name);
      this.#loaded.set(name, bucket);
    }
    this.#letGo(buckets);
  }

  look(filed: FiledFingerprint): Sighting {
    return this.#bucket(filed.bucket).set.look(filed.fingerprint);
  }

  lastStatus(filed: FiledFingerprint): number | undefined {
    return this.#bucket(filed.bucket).set.lastStatus(filed.fingerprint);
  }

  /**
   * Returns once the fingerprints are stored. Appending one again changes nothing, so a failed call is simply repeated.
   * @throws StorageError
   */
  async append(filed: readonly FiledFingerprint[]): Promise<void> {
    const byBucket = new Map<string, Fingerprint[]>();
    for (const one of filed) {
      if (this.look(one) === 'repeat') continue;
      const list = byBucket.get(one.bucket);
      if (list === undefined) byBucket.set(one.bucket, [one.fingerprint]);
      else list.push(one.fingerprint);
    }
    const writes = await Promise.allSettled(
      [...byBucket].map(([name, fingerprints]) => this.#write(name, fingerprints)),
    );
    // Only after all have ended: what is still being written must not be written again by the caller's next try.
    const failed = writes.find((write) => write.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Removes the hours that ended before this time. @throws StorageError */
  async dropBefore(timeMs: number): Promise<void> {
    for (const name of [...this.#stored]) {
      if (!(hourOf(name) + hourMs <= timeMs)) continue;
      await this.#storage.remove(name);
      this.#stored.delete(name);
      this.#loaded.delete(name);
    }
  }

  has(name: string): boolean {
    return this.#stored.has(name);
  }

  /** Stored buckets whose name begins with this. */
  named(prefix: string): string[] {
    return [...this.#stored].filter((name) => name.startsWith(prefix));
  }

  /** The beginning of the oldest hour that holds fingerprints; undefined where there is none. */
  get oldestHourMs(): number | undefined {
    const hours = [...this.#stored].map(hourOf).filter((hour) => !Number.isNaN(hour));
    return hours.length === 0 ? undefined : Math.min(...hours);
  }

  #bucket(name: string): Bucket {
    const bucket = this.#loaded.get(name);
    if (bucket === undefined) throw new Error(`the fingerprints of ${name} are not loaded`);
    return bucket;
  }

  async #read(name: string): Promise<Bucket> {
    if (!this.#stored.has(name)) return { set: new FingerprintSet(), size: 0 };
    const content = await this.#storage.read(name);
    const count = Math.floor(content.length / fingerprintBytes);
    if (count * fingerprintBytes < content.length) {
      this.#log.warning(
        `The fingerprints of ${name} end in the middle of an entry, as a crash leaves them: that entry is dropped, its row may be repeated.`,
      );
    }
    const set = new FingerprintSet(count);
    for (let entry = 0; entry < count; entry += 1) set.add(readFingerprint(content, entry * fingerprintBytes));
    return { set, size: count * fingerprintBytes };
  }

  async #write(name: string, fingerprints: readonly Fingerprint[]): Promise<void> {
    const bucket = this.#bucket(name);
    const content = Buffer.alloc(fingerprints.length * fingerprintBytes);
    fingerprints.forEach((fingerprint, index) => writeFingerprint(fingerprint, content, index * fingerprintBytes));
    await this.#storage.write(name, content, bucket.size);
    this.#stored.add(name);
    bucket.size += content.length;
    for (const fingerprint of fingerprints) bucket.set.add(fingerprint);
  }

  #letGo(needed: ReadonlySet<string>): void {
    let bytes = 0;
    for (const bucket of this.#loaded.values()) bytes += bucket.set.bytes;
    for (const [name, bucket] of this.#loaded) {
      if (bytes <= this.#maxLoadedBytes) return;
      if (needed.has(name)) continue;
      this.#loaded.delete(name);
      bytes -= bucket.set.bytes;
    }
  }
}

/** The bucket of an hour: `2026-11-23T10`, behind an optional prefix. */
export function bucketOfHour(timeMs: number, prefix = ''): string {
  const hour = Math.floor(timeMs / hourMs);
  if (hour !== lastNamed.hour) lastNamed = { hour, name: new Date(timeMs).toISOString().slice(0, 13) };
  return prefix + lastNamed.name;
}

/**
 * Rows come by the hour, and a name is dear where there is one for each row: the last one mostly is that of the next
 * row too.
 */
let lastNamed = { hour: NaN, name: '' };

const NAME = /^(?:[a-z][a-z\d]*-)?(\d{4}-\d\d-\d\dT\d\d)$/;

/** The beginning of a bucket's hour; NaN for a file that is none of ours, also by a time that no row can have. */
function hourOf(name: string): number {
  const timeMs = Date.parse(`${NAME.exec(name)?.[1] ?? ''}:00:00Z`);
  return timeMs >= MIN_STORED_TIME_MS && timeMs <= MAX_STORED_TIME_MS ? timeMs : NaN;
}
