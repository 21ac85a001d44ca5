import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError } from '../../errors.js';
import { isObject } from '../../json.js';
import { MAX_FILE_OPERATIONS } from '../../budgets.js';
import { StoreError } from '../data-store.js';

/** Lets so many actions run at a time; further ones wait for their turn, in their order. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async take<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

const GROUP_MAY_WRITE = 0o020;
/** What volumes answer that cannot flush: network and FUSE file systems for folders, some for files too. */
const CANNOT_FLUSH = new Set(['EINVAL', 'EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EBADF']);
/** What file systems answer that do not rename over a file that is there. */
const CANNOT_REPLACE = new Set(['EEXIST', 'EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL']);

export function codeOf(error: unknown): string | undefined {
  const code = isObject(error) ? error['code'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

const turns = new Turns(MAX_FILE_OPERATIONS);

/**
 * Runs an action on the data folder, a few at a time; what the system refuses becomes a StoreError that says what to
 * do.
 */
export async function onDisk<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await turns.take(action);
  } catch (error) {
    const code = codeOf(error);
    // Our own errors, such as that of a folder which another process holds, have codes of another kind.
    if (code === undefined || error instanceof CodedError) throw error;
    throw new StoreError(`The data folder cannot be used: ${code} at ${path}. ${guidanceFor(code)}`);
  }
}

function guidanceFor(code: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full: free space or enlarge the volume.';
    case 'EROFS':
      return 'The volume is read-only: give the module a volume that it may write to.';
    case 'EACCES':
    case 'EPERM':
      return `Give the module a volume that its user may write to.${identity()}`;
    default:
      return 'Check the volume that holds the data folder.';
  }
}

/** The user and group that the volume's rights must name. Empty where the system has no such numbers. */
function identity(): string {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (uid === undefined || gid === undefined) return '';
  const others = (process.getgroups?.() ?? []).filter((group) => group !== gid);
  const groups = others.length === 0 ? `group ${gid}` : `groups ${[gid, ...others].join(', ')}`;
  return ` It runs as user ${uid}, ${groups}: that user, or one of these groups, must be able to read and write there.`;
}

/** Rights of what is made in a folder: for the user, and for the group too where the folder lets the group write. */
export interface Modes {
  readonly file: number;
  readonly folder: number;
}

/** @throws the file system's error */
export async function folderModes(folder: string): Promise<Modes> {
  const { mode } = await stat(folder);
  return (mode & GROUP_MAY_WRITE) === 0 ? { file: 0o600, folder: 0o700 } : { file: 0o660, folder: 0o770 };
}

/**
 * Makes a folder, and those that it is in, where they are missing. Each has the rights that the one around it suggests.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await stat(path);
    return;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const around = dirname(path);
  await makeFolder(around);
  // Another process may be making the same folder.
  await mkdir(path, { recursive: true, mode: (await folderModes(around)).folder });
}

/** Writes beside, then renames: a crash leaves the old file or the new one, never a part. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const { file: mode } = await folderModes(dirname(path));
  const file = await open(beside, 'w', mode);
  try {
    await file.writeFile(text);
    await flush(file);
  } finally {
    await file.close();
  }
  await replaceBy(beside, path);
  await syncFolder(dirname(path));
}

async function replaceBy(beside: string, path: string): Promise<void> {
  try {
    await rename(beside, path);
  } catch (error) {
    if (!CANNOT_REPLACE.has(codeOf(error) ?? '')) throw error;
    await replaceInSteps(beside, path).catch(() => {
      throw error;
    });
  }
}

/** At any moment the file is there under its own name or under that which `restoreFile` looks for. */
async function replaceInSteps(beside: string, path: string): Promise<void> {
  const old = oldNameOf(path);
  await rm(old, { force: true });
  await rename(path, old);
  try {
    await rename(beside, path);
  } catch (error) {
    await rename(old, path);
    throw error;
  }
  await rm(old, { force: true });
}

function oldNameOf(path: string): string {
  return `${path}.old`;
}

/**
 * Gives back the file that a crash left under another name, on a volume that does not rename over files.
 * @returns whether there was one
 */
export async function restoreFile(path: string): Promise<boolean> {
  try {
    await rename(oldNameOf(path), path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Makes the names in a folder (created, renamed, removed) survive a power cut, where the volume can do that. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!CANNOT_FLUSH.has(codeOf(error) ?? '')) throw error;
  }
}

/** Makes a file's content survive a power cut, where the volume can do that. */
export async function flush(file: FileHandle): Promise<void> {
  try {
    await file.datasync();
  } catch (error) {
    if (!CANNOT_FLUSH.has(codeOf(error) ?? '')) throw error;
  }
}
