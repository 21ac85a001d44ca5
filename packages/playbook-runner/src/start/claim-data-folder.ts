import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atExit } from '../runner/at-exit.js';
import { isAlive } from '../runner/is-alive.js';
import { UsageError } from './usage-error.js';

const FILE = 'runner.pid';

/**
 * Takes the data folder for this process, and makes it where it is missing: two runners would write over each other's
 * playbooks, and each start triggers that hold the other's state. What a runner that was killed had taken is free.
 *
 * @returns gives it back
 * @throws {UsageError} where another runner has it, or it cannot be written to.
 */
export async function claimDataFolder(dataFolder: string): Promise<() => Promise<void>> {
  const file = join(dataFolder, FILE);
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const holder = await readHolder(file);
    if (holder !== undefined) throw new UsageError(describeHolder(dataFolder, holder));
    await rm(file, { force: true });
    // Of two that have come this far, one fails here.
    await writeFile(file, `${process.pid}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `The data folder ${dataFolder} cannot be used (${String(error)}): mend that, or name another one with --data.`,
    );
  }
  const forget = atExit(() => rmSync(file, { force: true }));
  return () => rm(file, { force: true }).then(forget);
}

/** Which process has it. Undefined where that has ended; in containers the next one often gets the same number. */
async function readHolder(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  const pid = Number.parseInt(text, 10);
  return pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
}

function describeHolder(dataFolder: string, pid: number): string {
  return (
    `The data folder ${dataFolder} is in use by another runner (process ${pid}): use the page of that one, stop it, or ` +
    `name another folder with --data. Where that process is no runner, delete ${FILE} there.`
  );
}
