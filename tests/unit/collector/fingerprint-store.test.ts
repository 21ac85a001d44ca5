import { expect, test } from '@jest/globals';
import { fingerprintBytes } from '../../../src/collector/fingerprint-set.js';
import {
  bucketOfHour,
  FingerprintStore,
  type BucketStorage,
  type FiledFingerprint,
} from '../../../src/collector/fingerprint-store.js';
import { StorageError } from '../../../src/model/errors.js';
import { MemoryBuckets } from '../../support/memory-storage.js';
import { RecordingLog } from '../../support/recording-log.js';

const noon = '2026-11-01T12';
const one = '2026-11-01T13';
const filed = (bucket: string, row: number, status = 1): FiledFingerprint => ({
  bucket,
  fingerprint: { rowHigh: row, rowLow: row, status },
});
const rows = (bucket: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => filed(bucket, from + index));

async function openLoaded(
  storage: BucketStorage,
  buckets: string[],
  log = new RecordingLog(),
): Promise<FingerprintStore> {
  const store = await FingerprintStore.open(storage, log);
  await store.load(new Set(buckets));
  return store;
}

test('what was appended is known after the process has gone, each in its own bucket', async () => {
  const storage = new MemoryBuckets();
  const before = await openLoaded(storage, [noon, one]);
  await before.append([filed(noon, 1), filed(one, 2), filed(noon, 3)]);
  const after = await openLoaded(storage, [noon, one]);
  const asked = [filed(noon, 1), filed(noon, 1, 2), filed(noon, 2), filed(one, 2), filed(noon, 3)];
  expect(asked.map((it) => after.look(it))).toEqual(['repeat', 'changed', 'new', 'repeat', 'repeat']);
});

test('a torn last entry is cut off with a warning, and overwritten by what is appended next', async () => {
  const storage = new MemoryBuckets();
  await (await openLoaded(storage, [noon])).append([filed(noon, 1), filed(noon, 2)]);
  const torn = Buffer.alloc(fingerprintBytes - 1, 0xff);
  storage.content.set(noon, Buffer.concat([storage.content.get(noon)!, torn]));

  const log = new RecordingLog();
  const store = await openLoaded(storage, [noon], log);
  expect(log.at('warning')).toEqual([expect.stringContaining(noon)]);
  await store.append([filed(noon, 3)]);
  expect(storage.content.get(noon)).toHaveLength(3 * fingerprintBytes);

  const healed = new RecordingLog();
  const reopened = await openLoaded(storage, [noon], healed);
  expect([1, 2, 3, 4].map((row) => reopened.look(filed(noon, row)))).toEqual(['repeat', 'repeat', 'repeat', 'new']);
  expect(healed.lines).toEqual([]);
});

test('what is appended again takes no more room', async () => {
  const storage = new MemoryBuckets();
  const store = await openLoaded(storage, [noon]);
  await store.append(rows(noon, 0, 5));
  await store.append(rows(noon, 3, 7));
  expect(storage.content.get(noon)).toHaveLength(7 * fingerprintBytes);
});

test('hours that have ended are removed, the hour itself and undated rows of later hours stay', async () => {
  const storage = new MemoryBuckets();
  const buckets = [noon, one, `undated-${noon}`, `undated-${one}`];
  const store = await openLoaded(storage, buckets);
  await store.append(buckets.map((bucket) => filed(bucket, 1)));
  await store.dropBefore(Date.parse(`${one}:00:00Z`) - 1);
  expect((await storage.names()).sort()).toEqual(buckets.toSorted());
  await store.dropBefore(Date.parse(`${one}:00:00Z`));
  expect((await storage.names()).sort()).toEqual([one, `undated-${one}`]);
  expect(store.named('undated-')).toEqual([`undated-${one}`]);
});

test('a bucket that is not named by an hour is never removed', async () => {
  const storage = new MemoryBuckets();
  await storage.write('somebody else', Buffer.from('?'), 0);
  await (await FingerprintStore.open(storage, new RecordingLog())).dropBefore(Date.parse('2100-01-01T00:00:00Z'));
  expect(await storage.names()).toEqual(['somebody else']);
});

test('an append that failed leaves nothing known, and succeeds when it is repeated', async () => {
  const storage = new MemoryBuckets();
  const store = await openLoaded(storage, [noon]);
  await store.append([filed(noon, 1)]);
  const write = storage.write.bind(storage);
  storage.write = async (name, content, at) => {
    await write(name, content.subarray(0, 5), at);
    throw new StorageError('disk full');
  };
  await expect(store.append(rows(noon, 2, 4))).rejects.toThrow(StorageError);
  expect(store.look(filed(noon, 2))).toBe('new');
  storage.write = write;
  await store.append(rows(noon, 2, 4));
  const reopened = await openLoaded(storage, [noon]);
  expect([1, 2, 3].map((row) => reopened.look(filed(noon, row)))).toEqual(['repeat', 'repeat', 'repeat']);
  expect(storage.content.get(noon)).toHaveLength(3 * fingerprintBytes);
});

test('hours are let go when memory asks for it, least recently used first, and known again when they are needed', async () => {
  const hours = ['2026-11-01T10', '2026-11-01T11', '2026-11-01T12'];
  const [ten, eleven, twelve] = hours as [string, string, string];
  const storage = new MemoryBuckets();
  const filling = await openLoaded(storage, hours);
  await filling.append(hours.flatMap((hour) => rows(hour, 0, 100)));

  const reads: string[] = [];
  const read = storage.read.bind(storage);
  storage.read = (name) => {
    reads.push(name);
    return read(name);
  };
  // A hundred fingerprints take 256 slots of 12 bytes: room for two hours.
  const store = await FingerprintStore.open(storage, new RecordingLog(), 2 * 256 * 12);
  for (const hour of [ten, eleven, ten, twelve, ten, eleven]) {
    await store.load(new Set([hour]));
    expect(store.look(filed(hour, 99))).toBe('repeat');
  }
  expect(reads).toEqual([ten, eleven, twelve, eleven]);
  expect(() => store.look(filed(twelve, 1))).toThrow('the fingerprints of 2026-11-01T12 are not loaded');
});

test('what one range needs stays loaded, even beyond the bound of memory', async () => {
  const storage = new MemoryBuckets();
  const store = await FingerprintStore.open(storage, new RecordingLog(), 1);
  await store.load(new Set([noon, one]));
  await store.append([filed(noon, 1), filed(one, 1)]);
  expect([store.look(filed(noon, 1)), store.look(filed(one, 1))]).toEqual(['repeat', 'repeat']);
});

test('a bucket is the hour of the time received, behind a prefix', () => {
  expect(bucketOfHour(Date.UTC(2026, 10, 1, 12, 59, 59, 999))).toBe(noon);
  expect(bucketOfHour(Date.UTC(2026, 10, 1, 13), 'undated-')).toBe(`undated-${one}`);
});
