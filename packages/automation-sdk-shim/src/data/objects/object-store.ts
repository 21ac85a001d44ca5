import { randomUUID } from 'node:crypto';
import type { Log } from '../../log/log.js';
import type { Buckets, OwnableStore, PersistentDocument, Release, Taking } from '../data-store.js';
import { BucketObjects } from './bucket-objects.js';
import { DocumentObject } from './document-object.js';
import { GuardedObject, TakenError } from './guarded-object.js';
import { Lease, lostError, type LeaseTimes } from './lease.js';
import type { ObjectStorage } from './object-storage.js';
import { Writer } from './writer.js';

export interface ObjectStoreOptions {
  readonly storage: ObjectStorage;
  /** How messages name the storage's bucket. */
  readonly bucket: string;
  /** What all keys begin with: nothing, or folders that end with a slash. */
  readonly prefix: string;
  readonly log: Log;
  readonly times?: LeaseTimes;
  readonly mostParts?: number;
}

/** The store as objects. Nothing is written unless this process is the one that holds it. */
export class ObjectStore implements OwnableStore {
  readonly name: string;
  readonly #options: ObjectStoreOptions;
  readonly #writer = new Writer();
  #lease: Lease | undefined;

  constructor(options: ObjectStoreOptions) {
    const { bucket, prefix } = options;
    this.name = prefix === '' ? `S3 bucket ${bucket}` : `folder ${prefix} of the S3 bucket ${bucket}`;
    this.#options = options;
  }

  async take(taking: Taking): Promise<Release> {
    const { storage, times } = this.#options;
    const lease = await Lease.take({
      ...taking,
      object: this.#guarded('.lock'),
      name: this.name,
      ...(times !== undefined && { times }),
    });
    this.#lease = lease;
    return async () => {
      try {
        await lease.release();
      } finally {
        await storage.close();
      }
    };
  }

  document<T extends object>(name: string): PersistentDocument<T> {
    return new DocumentObject<T>({
      name,
      object: this.#guarded(name),
      owned: this.#owned,
      keep: (aside, body) => this.#keep(aside, body),
      log: this.#options.log,
    });
  }

  buckets(name: string): Buckets {
    const { storage, mostParts } = this.#options;
    return new BucketObjects({
      storage,
      prefix: `${this.#options.prefix}${name}/`,
      writer: this.#writer,
      owned: this.#owned,
      ...(mostParts !== undefined && { mostParts }),
    });
  }

  appendLine(name: string, line: string): Promise<void> {
    const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
    return this.#keep(`${name}/${time}-${randomUUID()}`, Buffer.from(`${line}\n`));
  }

  #guarded(name: string): GuardedObject {
    return new GuardedObject(this.#options.storage, this.#options.prefix + name, this.#writer);
  }

  #keep(name: string, body: Buffer): Promise<void> {
    const { storage, prefix } = this.#options;
    return this.#owned(async () => {
      await storage.put(prefix + name, body, 'always', this.#writer.mark());
    });
  }

  readonly #owned = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    if (this.#lease === undefined) throw new Error(`the ${this.name} is written before it was taken`);
    await this.#lease.ensure();
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof TakenError)) throw error;
      this.#lease.lose();
      throw lostError(this.name);
    }
  };
}
