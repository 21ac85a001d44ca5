import { open } from 'node:fs/promises';
import { StorageError } from '../errors.js';

/** Runs an action on the data folder; what the system refuses becomes a StorageError that says what to do. */
export async function onDisk<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new StorageError(`The data folder cannot be used: ${code} at ${path}. ${adviceFor(code)}`);
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

/** Makes the names in a folder (created, removed) survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
