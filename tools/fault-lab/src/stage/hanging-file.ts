import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Beside the document that the module replaces as it goes on. */
const WRITTEN = 'context.json.new';
const ENDED = '.hung';

/**
 * A data folder that hangs, as a network volume does whose server is gone: a FIFO lies where the module writes next,
 * and opening it never returns.
 * @returns what ends the hang: the open returns, and the write that follows fails, as the file has gone meanwhile
 */
export async function hang(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, WRITTEN);
  await rm(path, { force: true });
  await run('mkfifo', ['-m', '600', path]);
  return async () => {
    const ended = join(folder, ENDED);
    // Where the module has removed it, nothing hangs.
    const isThere = await rename(path, ended).then(
      () => true,
      () => false,
    );
    if (!isThere) return;
    // Whoever opens for reading and writing waits for nobody, and those who wait for a reader go on.
    const file = await open(ended, constants.O_RDWR | constants.O_NONBLOCK);
    await rm(ended, { force: true });
    await file.close();
  };
}
