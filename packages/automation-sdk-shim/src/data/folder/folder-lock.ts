import { readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { sleep } from '../../sleep.js';
import type { Release, Taking } from '../data-store.js';
import { heldBy } from '../held.js';
import { lifeOf, parseHolder, thisProcess, type Holder } from '../holder.js';
import { replaceFile } from './files.js';

/** A holder that has not shown itself for so long is taken for dead. */
const STALE_MS = 10_000;
const HEARTBEAT_MS = 2_500;
/** Longer than STALE_MS, so that an abandoned lock is outwaited. */
const PATIENCE_MS = 12_000;
const LOOK_AGAIN_MS = 200;

export interface FolderLockOptions extends Taking {
  readonly folder: string;
}

/**
 * Makes this process the only one in the folder, and returns how to let go of it. A holder that is provably dead is
 * followed at once; one that cannot be judged (another host or container) once its heartbeat has stopped.
 * Taking the lock and naming its holder are guarded by a second lock: nobody sees the one without the other.
 * @throws FolderHeldError, or the file system's error
 */
export async function lockFolder(options: FolderLockOptions): Promise<Release> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const taken = await guarded(options.folder, () => takeOrJudge(options));
    if (typeof taken === 'function') return taken;
    const living = taken !== undefined && lifeOf(taken) === 'alive';
    if (living || Date.now() >= deadline || options.signal.aborted)
      throw heldBy(`data folder ${options.folder}`, taken, 'DATA_STORAGE or sub_folder');
    await sleep(LOOK_AGAIN_MS, options.signal);
  }
}

/** The release where the lock could be taken, else who holds it as far as that is known. */
async function takeOrJudge(options: FolderLockOptions): Promise<Release | Holder | undefined> {
  const free = await take(options);
  if (free !== undefined) return free;
  const holder = await readHolder(options.folder);
  if (holder === undefined || lifeOf(holder) !== 'dead') return holder;
  await rmdir(join(options.folder, '.lock')).catch(ignoreMissing);
  return (await take(options)) ?? holder;
}

/** Takes the lock and names this process as its holder; undefined where it is held. */
async function take({ folder, onLost }: FolderLockOptions): Promise<Release | undefined> {
  let lost = false;
  const release = await tryLock(folder, '.lock', () => {
    lost = true;
    onLost();
  });
  if (release === undefined) return undefined;
  try {
    await replaceFile(holderPath(folder), `${JSON.stringify(thisProcess(new Date()))}\n`);
  } catch (error) {
    await release();
    throw error;
  }
  return async () => {
    // What lies there after a loss is somebody else's.
    if (lost) return;
    await rm(holderPath(folder), { force: true });
    await release();
  };
}

/** Undefined as well where somebody else is in the middle of taking the lock. */
async function guarded<T>(folder: string, action: () => Promise<T>): Promise<T | undefined> {
  const leave = await tryLock(folder, '.lock-change', () => undefined);
  if (leave === undefined) return undefined;
  try {
    return await action();
  } finally {
    await leave().catch(() => undefined);
  }
}

async function tryLock(folder: string, name: string, onLost: () => void): Promise<Release | undefined> {
  try {
    const path = join(folder, name);
    // The library keeps its books by the first argument, so each lock needs one of its own; it need not exist.
    return await lock(path, {
      lockfilePath: path,
      realpath: false,
      stale: STALE_MS,
      update: HEARTBEAT_MS,
      onCompromised: onLost,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}

async function readHolder(folder: string): Promise<Holder | undefined> {
  const text = await readFile(holderPath(folder), 'utf8').catch(ignoreMissing);
  return text === undefined ? undefined : parseHolder(text);
}

function holderPath(folder: string): string {
  return join(folder, '.lock-holder.json');
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
