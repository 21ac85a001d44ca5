import { readFileSync, rmSync } from 'node:fs';
import { isAlive } from '@local/testbed';
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { atExit } from '@local/testbed';
import { unusableDataFolder, UsageError } from './command-line.js';

/** A process that has taken a folder. */
interface LockOwner {
  readonly pid: number;
  /**
   * When the process was started, in clock ticks since the machine was: a number is given to another process once it is
   * free. Undefined where the system does not tell.
   */
  readonly started: string | undefined;
}

function thisProcess(): LockOwner {
  return { pid: process.pid, started: startOf(process.pid) };
}

/** A line `<pid> <started>`, or `<pid>` alone. */
function renderLockOwner({ pid, started }: LockOwner): string {
  return started === undefined ? `${pid}\n` : `${pid} ${started}\n`;
}

/** Undefined where the text names no process. */
function parseLockOwner(text: string): LockOwner | undefined {
  const [, pid, started] = /^(\d+)(?: (\d+))?$/.exec(text.trim()) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), started };
}

/**
 * Whether it runs still. One known by its number alone is never this process: in containers the next one often has the
 * same.
 */
function isRunning({ pid, started }: LockOwner): boolean {
  if (started !== undefined) return startOf(pid) === started;
  return pid > 0 && pid !== process.pid && isAlive(pid);
}

/** Undefined where no such process runs, or where there is no /proc. @see proc_pid_stat(5) */
function startOf(pid: number): string | undefined {
  // The second field, the name of the program, stands in parentheses and may have blanks and parentheses in it.
  const fields = readOrNothing(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : started;
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

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
