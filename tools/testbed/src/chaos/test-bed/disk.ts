import { execFile, spawnSync } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FILLER = '.filler';
const FILLER_BYTES = [1 << 20, 4096] as const;

/** The disk that holds the data folder, which can be full for a while. */
export interface Disk {
  /** How it is done, for the report. */
  readonly manner: string;
  /** `fileBytes`: how long a file may still get, where files are limited. `pid`: the process that runs. */
  fill(fileBytes: number, pid: number | undefined): Promise<void>;
  free(pid: number | undefined): Promise<void>;
  /** To be called with each process that is started. */
  started(pid: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A file system of its own in memory, where we may mount one, which a file then fills: writes end with ENOSPC. Else a
 * limit on the length of the process's files (RLIMIT_FSIZE), which anybody may set: writes end with EFBIG.
 */
export async function openDisk(folder: string, bytes: number): Promise<Disk | undefined> {
  if (process.platform !== 'linux') return undefined;
  const isMounted = await succeeds('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'chaos', folder]);
  if (isMounted) return mountedDisk(folder);
  return (await succeeds('prlimit', ['--version'])) ? limitedDisk() : undefined;
}

function mountedDisk(folder: string): Disk {
  const filler = join(folder, FILLER);
  const nothing = () => Promise.resolve();
  // Where this process ends in the middle of a run, its children may still have files open for a moment.
  const leave = () => spawnSync('umount', ['--lazy', folder]);
  process.once('exit', leave);
  return {
    manner: 'a file system in memory that a file fills (ENOSPC)',
    fill: () => fillUp(filler),
    free: () => rm(filler, { force: true }),
    started: nothing,
    close: async () => {
      await run('umount', [folder]);
      process.off('exit', leave);
    },
  };
}

async function fillUp(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const bytes of FILLER_BYTES) await writeUntilFull(() => file.write(Buffer.alloc(bytes)));
  } finally {
    await file.close();
  }
}

async function writeUntilFull(write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await write();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      return;
    }
  }
}

/** Needs `prlimit`; the process must be ours. */
export function limitedDisk(): Disk {
  let limit: number | 'unlimited' = 'unlimited';
  const apply = async (pid: number | undefined) => {
    // Where there is no such process any more, its files need no limit.
    if (pid !== undefined) await succeeds('prlimit', ['--pid', String(pid), `--fsize=${limit}:unlimited`]);
  };
  return {
    manner: "a limit on the length of the process's files (EFBIG)",
    fill: (fileBytes, pid) => {
      limit = fileBytes;
      return apply(pid);
    },
    free: (pid) => {
      limit = 'unlimited';
      return apply(pid);
    },
    started: apply,
    close: () => Promise.resolve(),
  };
}

async function succeeds(command: string, parameters: readonly string[]): Promise<boolean> {
  try {
    await run(command, parameters);
    return true;
  } catch {
    return false;
  }
}
