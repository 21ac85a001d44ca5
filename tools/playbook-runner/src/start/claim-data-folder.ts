import { readFileSync, rmSync } from 'node:fs';
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { atExit } from '../runner/at-exit.js';
import { type LockOwner, isRunning, parseLockOwner, renderLockOwner, thisProcess } from './holder.js';
import { unusableDataFolder, UsageError } from './usage-error.js';

const FILE = 'runner.pid';
/** Longer than it takes to look and to write; the library allows no less. */
const LOOKS_FOR_MS = 2000;
/**
 * Four seconds of tries: what a runner left that was killed while it looked is outwaited. The library dates it a second
 * on.
 */
const RETRIES = { retries: 80, factor: 1, minTimeout: 50 };

/**
 * Takes the data folder for this process, and makes it where it is missing: two runners would write over each other's
 * playbooks, and each start triggers that hold the other's state. What a runner that was killed had taken is free.
 *
 * @returns gives it back
 * @throws {UsageError} where another runner has it, or it cannot be written to.
 */
export async function claimDataFolder(dataFolder: string): Promise<() => void> {
  const file = join(dataFolder, FILE);
  const own = renderLockOwner(thisProcess());
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    // The library would try again and again.
    await access(dataFolder, constants.W_OK);
    await alone(dataFolder, async () => {
      const lockOwner = await readLockOwner(file);
      if (lockOwner && isRunning(lockOwner)) throw new UsageError(describeLockOwner(dataFolder, lockOwner));
      await writeFile(file, own, { mode: 0o600 });
    });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unusableDataFolder(dataFolder, error);
  }
  const giveBack = () => removeOwn(file, own);
  const forget = atExit(giveBack);
  return () => {
    giveBack();
    forget();
  };
}

/** No other runner looks at the folder meanwhile: two that both found it free would both take it. */
async function alone(dataFolder: string, look: () => Promise<void>): Promise<void> {
  const leave = await lock(dataFolder, {
    lockfilePath: join(dataFolder, `${FILE}.lock`),
    stale: LOOKS_FOR_MS,
    retries: RETRIES,
    // Leaving is refused then.
    onCompromised: () => undefined,
  });
  try {
    await look();
  } finally {
    await leave();
  }
}

async function readLockOwner(file: string): Promise<LockOwner | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  return parseLockOwner(text);
}

function removeOwn(file: string, own: string): void {
  try {
    if (readFileSync(file, 'utf8') === own) rmSync(file);
  } catch {
    // It has gone, or stays: it names a process that has ended then, and is free all the same.
  }
}

function describeLockOwner(dataFolder: string, { pid }: LockOwner): string {
  return (
    `The data folder ${dataFolder} is in use by another runner (process ${pid}): use the page of that one, stop it, or ` +
    `name another folder with --data. Where that process is no runner, delete ${FILE} there.`
  );
}
