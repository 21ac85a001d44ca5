import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError } from '../../errors.js';
import { StoreError } from '../store-error.js';

/** Runs an action on the data folder; what the system refuses becomes a StoreError that says what to do. */
export async function onDisk<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Our own errors, such as that of a folder which another process holds, have codes of another kind.
    if (code === undefined || error instanceof CodedError) throw error;
    throw new StoreError(`The data folder cannot be used: ${code} at ${path}. ${adviceFor(code)}`);
  }
}

function adviceFor(code: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full: free space or enlarge the volume.';
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'Give the module a volume that its user may write to.';
    default:
      return 'Check the volume that holds the data folder.';
  }
}

/** Writes beside, then renames: a crash leaves the old file or the new one, never a part. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(dirname(path));
}

/** Makes the names in a folder (created, renamed, removed) survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
