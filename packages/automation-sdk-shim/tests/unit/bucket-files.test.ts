import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BucketFiles } from '../../src/data/folder/data-folder.js';
import { StoreError } from '../../src/data/data-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A folder that is not there yet. */
const newFolder = () => join(temporaryFolder(), 'data', 'fingerprints');

test('makes its folder, with those above it, for its user alone, and keeps a file for each bucket there', async () => {
  const folder = newFolder();
  const files = new BucketFiles(folder, () => Promise.resolve());
  await files.write('2026-11-01T12', Buffer.from('abc'), 0);
  await writeFile(join(folder, 'notes.txt'), 'not ours');
  expect(await files.names()).toEqual(['2026-11-01T12']);
  expect((await readdir(folder)).sort()).toEqual(['2026-11-01T12.fingerprints', 'notes.txt']);
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
  expect(await modeOf(folder)).toBe(0o700);
  expect(await modeOf(join(folder, '2026-11-01T12.fingerprints'))).toBe(0o600);
});

test.each<[string, (files: BucketFiles) => Promise<unknown>]>([
  ['listing', (files) => files.names()],
  ['reading', (files) => files.read('hour')],
  ['writing', (files) => files.write('hour', Buffer.from('abc'), 0)],
  ['removing', (files) => files.remove('hour')],
])(
  '%s is refused with a StoreError that names the file and says what to do, where the folder cannot be used',
  async (_, use) => {
    const folder = join(temporaryFolder(), 'fingerprints');
    await writeFile(folder, 'a file where the folder should be');
    const error = await use(new BucketFiles(folder, () => Promise.resolve())).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toMatch(
      /(EEXIST|ENOTDIR) at .*fingerprints.* Check the volume that holds the data folder\.$/,
    );
  },
);

test('writing where a folder lies is refused with a StoreError', async () => {
  const folder = newFolder();
  await mkdir(join(folder, 'hour.fingerprints'), { recursive: true });
  await expect(new BucketFiles(folder, () => Promise.resolve()).write('hour', Buffer.from('abc'), 0)).rejects.toThrow(
    StoreError,
  );
});
