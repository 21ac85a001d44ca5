import type { Log } from '../../log/log.js';
import {
  type Buckets,
  documentText,
  type FolderSize,
  nameAside,
  type OwnableStore,
  parseDocument,
  type PersistentDocument,
  type Release,
  reportDamage,
  type Taking,
} from '../data-store.js';
import { ConditionalWrites, GuardedObject, LockLostError, Writer } from './conditional-writes.js';
import { randomUUID } from 'node:crypto';
import { type Abilities, tryAbilities, warnOfMissing } from './abilities.js';
import { BucketObjects } from './bucket-objects.js';
import { IndexedParts } from './indexed-parts.js';
import { Lease, type LeaseTimes, lostError } from './lease.js';
import { indexKey, ListedParts, type PartList } from './parts.js';
import type { ObjectStorage } from './object-storage.js';

interface DocumentObjectOptions {
  readonly name: string;
  readonly object: GuardedObject;
  /** Runs a write as long as the store is this process's own. */
  readonly owned: <Result>(write: () => Promise<Result>) => Promise<Result>;
  /** Keeps what was set aside. */
  readonly keep: (name: string, body: Buffer) => Promise<void>;
  readonly log: Log;
}

/** A document as an object. A damaged one is copied aside and stays where it is until it is written over. */
class DocumentObject<T extends object> implements PersistentDocument<T> {
  readonly #options: DocumentObjectOptions;
  #setAside: string | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: DocumentObjectOptions) {
    this.#options = options;
  }

  async read(accepts: (value: object) => boolean = () => true): Promise<T | undefined> {
    const { name, object, keep, log } = this.#options;
    await this.#writing;
    const found = await object.read();
    if (found === undefined || found.etag === this.#setAside) return undefined;
    const value = parseDocument(found.body.toString(), accepts);
    if (value === undefined) {
      const aside = nameAside(name, new Date());
      await keep(aside, found.body);
      this.#setAside = found.etag;
      reportDamage(log, name, aside);
    }
    return value as T | undefined;
  }

  write(value: T): Promise<void> {
    const { object, owned } = this.#options;
    const body = Buffer.from(documentText(value));
    const written = this.#writing.then(() => owned(() => object.replace(body)));
    this.#writing = written.catch(() => undefined);
    return written;
  }
}

export interface ObjectStoreOptions {
  readonly storage: ObjectStorage;
  /** How messages name the storage's bucket. */
  readonly bucket: string;
  /** What all keys begin with: nothing, or folders that end with a slash. */
  readonly prefix: string;
  readonly log: Log;
  readonly times?: LeaseTimes;
  readonly maxParts?: number;
}

/** The store as objects. Nothing is written unless this process is the one that holds it. */
export class ObjectStore implements OwnableStore {
  readonly name: string;
  readonly #options: ObjectStoreOptions;
  readonly #writer = new Writer();
  readonly #writes: ConditionalWrites;
  /** Undefined until they were tried out. */
  #abilities: Abilities | undefined;
  #lease: Lease | undefined;

  constructor(options: ObjectStoreOptions) {
    const { bucket, prefix, storage, log } = options;
    this.name = prefix === '' ? `S3 bucket ${bucket}` : `folder ${prefix} of the S3 bucket ${bucket}`;
    this.#options = options;
    const onUnsupported = (honoured: Pick<Abilities, 'ifNoneMatch' | 'ifMatch'>) =>
      warnOfMissing(log, this.name, { ...honoured, list: true, remove: true });
    this.#writes = new ConditionalWrites({ storage, onUnsupported });
  }

  async take(taking: Taking): Promise<Release> {
    const { storage, times, prefix, log } = this.#options;
    if (this.#abilities === undefined) {
      this.#abilities = await tryAbilities(storage, prefix, this.#writer.mark());
      this.#writes.honoured = this.#abilities;
      warnOfMissing(log, this.name, this.#abilities);
    }
    const lease = await Lease.take({
      ...taking,
      object: this.#guarded('.lock'),
      isReliable: () => this.#writes.areReliable,
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
    const { storage, maxParts } = this.#options;
    const prefix = `${this.#options.prefix}${name}/`;
    let list: PartList | undefined;
    return new BucketObjects({
      storage,
      writes: this.#writes,
      prefix,
      list: () => (list ??= this.#partList(prefix)),
      writer: this.#writer,
      owned: this.#owned,
      ...(maxParts !== undefined && { maxParts }),
    });
  }

  appendLine(name: string, line: string): Promise<void> {
    const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
    return this.#keep(`${name}/${time}-${randomUUID()}`, Buffer.from(`${line}\n`));
  }

  async sizeOf(name: string): Promise<FolderSize | undefined> {
    const { storage, prefix } = this.#options;
    return this.#abilities?.list === true ? storage.sizeOf(`${prefix}${name}/`) : undefined;
  }

  #partList(prefix: string): PartList {
    const { storage } = this.#options;
    const { list, remove } = this.#abilities ?? notTaken(this.name);
    const listed = new ListedParts({ storage, prefix });
    if (list && remove) return listed;
    return new IndexedParts({
      storage,
      prefix,
      index: this.#guardedKey(indexKey(prefix)),
      canRemove: remove,
      listed: list ? listed : undefined,
      mark: () => this.#writer.mark(),
    });
  }

  #guarded(name: string): GuardedObject {
    return this.#guardedKey(this.#options.prefix + name);
  }

  #guardedKey(key: string): GuardedObject {
    const { storage } = this.#options;
    return new GuardedObject({ storage, writes: this.#writes, key, writer: this.#writer });
  }

  #keep(name: string, body: Buffer): Promise<void> {
    const { storage, prefix } = this.#options;
    return this.#owned(async () => {
      await storage.put(prefix + name, body, 'always', this.#writer.mark());
    });
  }

  readonly #owned = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    if (this.#lease === undefined) notTaken(this.name);
    await this.#lease.ensure();
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof LockLostError)) throw error;
      this.#lease.lose();
      throw lostError(this.name);
    }
  };
}

function notTaken(name: string): never {
  throw new Error(`the ${name} is used before it was taken`);
}
