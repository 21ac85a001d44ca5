import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BucketFiles } from '../../../src/collector/bucket-files.js';
import { StorageError } from '../../../src/errors.js';
import { withTemporaryFolder } from '../../support/temporary-folder.js';

test('makes its folder, with those above it, for its user alone, and keeps a file for each bucket there', () =>
  withTemporaryFolder(async (parent) => {
    const folder = join(parent, 'data', 'fingerprints');
    const files = new BucketFiles(folder);
    expect(await files.names()).toEqual([]);
    await files.write('2026-11-01T12', Buffer.from('abc'), 0);
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    expect(await files.names()).toEqual(['2026-11-01T12']);
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, '2026-11-01T12.fingerprints'))).toBe(0o600);
  }));

test('writes at an offset, over what is there, and leaves what lies before', () =>
  withTemporaryFolder(async (folder) => {
    const files = new BucketFiles(folder);
    await files.write('hour', Buffer.from('0123456'), 0);
    await files.write('hour', Buffer.from('abcd'), 5);
    expect((await files.read('hour')).toString()).toBe('01234abcd');
  }));

test('removes a bucket', () =>
  withTemporaryFolder(async (folder) => {
    const files = new BucketFiles(folder);
    await files.write('hour', Buffer.from('abc'), 0);
    await files.remove('hour');
    expect(await readdir(folder)).toEqual([]);
  }));

test.each<[string, (files: BucketFiles) => Promise<unknown>]>([
  ['listing', (files) => files.names()],
  ['reading', (files) => files.read('hour')],
  ['writing', (files) => files.write('hour', Buffer.from('abc'), 0)],
  ['removing', (files) => files.remove('hour')],
])(
  '%s is refused with a StorageError that names the file and says what to do, where the folder cannot be used',
  (_, use) =>
    withTemporaryFolder(async (parent) => {
      const folder = join(parent, 'fingerprints');
      await writeFile(folder, 'a file where the folder should be');
      const error = await use(new BucketFiles(folder)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StorageError);
      expect(String(error)).toMatch(
        /(EEXIST|ENOTDIR) at .*fingerprints.* Check the volume that holds the data folder\.$/,
      );
    }),
);

test('writing where a folder lies is refused with a StorageError', () =>
  withTemporaryFolder(async (folder) => {
    await mkdir(join(folder, 'hour.fingerprints'));
    await expect(new BucketFiles(folder).write('hour', Buffer.from('abc'), 0)).rejects.toThrow(StorageError);
  }));
