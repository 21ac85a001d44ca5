import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { S3Server } from '../../../packages/automation-sdk-shim/tests/support/s3-server.js';
import type { Conditions } from './moment.js';

const run = promisify(execFile);

/** Makes a store hang; resolves to what makes it well again, once the process has ended. */
export type HangStore = (how: Conditions['storage']) => Promise<() => Promise<void>>;

/** Where opening a FIFO in a file's place never returns. */
const files: Readonly<Record<Exclude<Conditions['storage'], 'fine'>, string>> = {
  'hangs when written': 'context.json.new',
  'hangs when read': 'context.json',
  'hangs in its lock': '.lock-holder.json.new',
};

/**
 * A folder that hangs as a network volume does whose server is gone. What lay there lies there again afterwards, unless
 * the process has put something newer in its place.
 */
export function hangingFolder(folder: string): HangStore {
  return async (how) => {
    if (how === 'fine') return () => Promise.resolve();
    const path = join(folder, files[how]);
    const aside = join(folder, `.aside-${files[how]}`);
    const wasThere = await copyFile(path, aside).then(
      () => true,
      () => false,
    );
    await rm(path, { force: true });
    await run('mkfifo', ['-m', '600', path]);
    return async () => {
      await releaseFifos(folder);
      if (wasThere && !(await readdir(folder)).includes(files[how])) await rename(aside, path);
      await rm(aside, { force: true });
    };
  };
}

/** Takes FIFOs away, wherever the process has moved them. */
async function releaseFifos(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFIFO()) continue;
    const path = join(folder, entry.name);
    const file = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
    await rm(path, { force: true });
    await file.close();
  }
}

/** A bucket whose server takes requests and does not answer: all of them, or those that write. */
export function hangingBucket(s3: S3Server): HangStore {
  return (how) => {
    if (how === 'hangs when read') s3.fault = () => 'hang';
    if (how === 'hangs when written')
      s3.fault = ({ method, key }) => (method === 'PUT' && key !== '.lock' ? 'hang' : undefined);
    return Promise.resolve(() => {
      s3.fault = () => undefined;
      return Promise.resolve();
    });
  };
}
