import { StoreError, type DataStore, type FolderSize } from '@sekoia/automation-sdk-shim';
import type { PersistentDocument } from '../model/ports.js';
import type { BucketStorage } from '../collector/fingerprint-store.js';
import { StorageError } from '../model/errors.js';

/** Where the SDK keeps things, as the collector knows it: what it refuses is a StorageError. */
export interface Storage {
  document(name: string): PersistentDocument;
  buckets(name: string): BucketStorage;
  appendLine(name: string, line: string): Promise<void>;
  /** Undefined where the storage cannot list. */
  sizeOf(name: string): Promise<FolderSize | undefined>;
}

export function storageIn(store: DataStore): Storage {
  return {
    document: (name) => {
      const document = store.document(name);
      return {
        read: (accepts) => stored(() => document.read(accepts)),
        write: (content) => stored(() => document.write(content)),
      };
    },
    buckets: (name) => {
      const buckets = store.buckets(name);
      return {
        names: () => stored(() => buckets.names()),
        read: (bucket) => stored(() => buckets.read(bucket)),
        write: (bucket, content, at) => stored(() => buckets.write(bucket, content, at)),
        remove: (bucket) => stored(() => buckets.remove(bucket)),
      };
    },
    appendLine: (name, line) => stored(() => store.appendLine(name, line)),
    sizeOf: (name) => stored(() => store.sizeOf(name)),
  };
}

async function stored<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof StoreError ? new StorageError(error.message) : error;
  }
}
