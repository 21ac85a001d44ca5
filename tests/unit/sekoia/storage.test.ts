import { expect, test } from '@jest/globals';
import { StoreError, type DataStore } from '@sekoia/automation-sdk-shim';
import { StorageError } from '../../../src/model/errors.js';
import { storageIn, type Storage } from '../../../src/sekoia/storage.js';

/** A store whose every operation does the same. */
function storeThat(does: () => Promise<never>): DataStore {
  return {
    name: 'data folder /data',
    document: () => ({ read: does, write: does }),
    buckets: () => ({ names: does, read: does, write: does, remove: does }),
    appendLine: does,
    sizeOf: does,
  };
}

const operations: [string, (storage: Storage) => Promise<unknown>][] = [
  ['reading a document', (storage) => storage.document('context.json').read(() => true)],
  ['writing a document', (storage) => storage.document('context.json').write({})],
  ['naming buckets', (storage) => storage.buckets('fingerprints').names()],
  ['reading a bucket', (storage) => storage.buckets('fingerprints').read('hour')],
  ['writing a bucket', (storage) => storage.buckets('fingerprints').write('hour', Buffer.alloc(8), 0)],
  ['removing a bucket', (storage) => storage.buckets('fingerprints').remove('hour')],
  ['measuring a folder', (storage) => storage.sizeOf('rejected')],
  ['adding a line', (storage) => storage.appendLine('rejected/day', '{}')],
];

test.each(operations)('%s is refused with a StorageError in the words of the SDK', async (_operation, use) => {
  const storage = storageIn(storeThat(() => Promise.reject(new StoreError('The disk is full: free space.'))));
  const refused = use(storage);
  await expect(refused).rejects.toThrow(StorageError);
  await expect(refused).rejects.toThrow('The disk is full: free space.');
});

test.each(operations)('%s passes on what is a mistake of ours', async (_operation, use) => {
  const mistake = new TypeError('a mistake');
  await expect(use(storageIn(storeThat(() => Promise.reject(mistake))))).rejects.toBe(mistake);
});
