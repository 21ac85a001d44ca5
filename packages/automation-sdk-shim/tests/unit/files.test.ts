import { expect, test } from '@jest/globals';
import { onDisk } from '../../src/data/folder/files.js';
import { StoreError } from '../../src/data/data-store.js';
import { LockHeldError } from '../../src/errors.js';

test.each([
  ['ENOSPC', /ENOSPC at \/data\. The disk is full: free space or enlarge the volume\.$/],
  ['EDQUOT', /The disk is full/],
  [
    'EACCES',
    /EACCES at \/data\. Give the module a volume that its user may write to\. It runs as user \d+, groups? \d/,
  ],
  ['EPERM', /may write to/],
  ['EROFS', /read-only: give the module a volume that it may write to/],
  ['EIO', /EIO at \/data\. Check the volume that holds the data folder\.$/],
])('%s becomes a StoreError that says what to do', async (code, message) => {
  const refused = onDisk('/data', () => Promise.reject(Object.assign(new Error(code), { code })));
  await expect(refused).rejects.toThrow(StoreError);
  await expect(refused).rejects.toThrow(message);
});

test.each([new TypeError('a mistake of ours'), new LockHeldError('Another process has it.')])(
  'what the system has not refused is thrown as it is: %s',
  async (error) => {
    await expect(onDisk('/data', () => Promise.reject(error))).rejects.toBe(error);
  },
);
