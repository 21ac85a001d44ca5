import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OwnableStore, Release } from '../../src/data/data-store.js';
import { DataFolder } from '../../src/data/folder/data-folder.js';
import type { LeaseTimes } from '../../src/data/objects/lease.js';
import { ObjectStorage } from '../../src/data/objects/object-storage.js';
import { ObjectStore } from '../../src/data/objects/object-store.js';
import type { PaceTimes } from '../../src/data/objects/storage-retries.js';
import { connectS3 } from '../../src/data/objects/s3-client.js';
import { recordedLog, type RecordedLog } from './recorded-log.js';
import { S3Server, type S3Options } from './s3-server.js';
import { temporaryFolder } from './temporary-folder.js';

/** Where stores are, whichever kind they are of; what is opened there one after the other is as after restarts. */
export interface Place {
  readonly recorded: RecordedLog;
  open(): OwnableStore;
  /** Names of files or objects with the content of each. */
  contents(): Map<string, string>;
  /** Writes as another process would. */
  put(name: string, content: string): void;
  close(): Promise<void>;
}

export interface Bucket extends Place {
  readonly s3: S3Server;
  open(options?: OpenOptions): ObjectStore;
}

export interface OpenOptions {
  readonly times?: Partial<LeaseTimes>;
  readonly maxParts?: number;
  readonly signal?: AbortSignal;
}

export const never = new AbortController().signal;
const times: LeaseTimes = { leaseMs: 20_000, renewMs: 5_000, timeoutMs: 0, lookAgainMs: 10, settleMs: 30 };
/** As the module's own, a hundred times faster. */
export const pace: PaceTimes = { waitMs: 10, maxTries: 5 };

export function onDisk(): Place {
  const folder = temporaryFolder();
  const recorded = recordedLog();
  return {
    recorded,
    open: () => new DataFolder(folder, recorded.log),
    contents: () =>
      new Map(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
      ),
    put: (name, content) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    },
    close: () => Promise.resolve(),
  };
}

export async function inBucket(options: S3Options = {}): Promise<Bucket> {
  const s3 = await S3Server.start({ pageSize: 3, ...options });
  const recorded = recordedLog();
  const prefix = 'playbook/7/';
  const storages: ObjectStorage[] = [];
  return {
    s3,
    recorded,
    open: ({ times: other, maxParts = 5, signal = never } = {}) => {
      const { settings } = s3;
      const storage = new ObjectStorage({ connect: () => connectS3(settings), bucket: settings.bucket, signal, pace });
      storages.push(storage);
      return new ObjectStore({
        storage,
        bucket: settings.bucket,
        prefix,
        log: recorded.log,
        times: { ...times, ...other },
        maxParts,
      });
    },
    contents: () => new Map(s3.keys.map((key) => [key.slice(prefix.length), s3.text(key) ?? ''])),
    put: (name, content) => s3.store(prefix + name, content),
    close: async () => {
      for (const storage of storages) await storage.close();
      s3.close();
    },
  };
}

/** Opens a store at the place and takes it. */
export async function taken<Store extends OwnableStore>(store: Store): Promise<Store & { release: Release }> {
  const release = await store.take({
    signal: never,
    onLost: () => {
      throw new Error('lost');
    },
  });
  return Object.assign(store, { release });
}

export const places: readonly (readonly [string, () => Place | Promise<Place>])[] = [
  ['a folder', onDisk],
  ['an object storage', inBucket],
];
