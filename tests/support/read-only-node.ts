import { spawnSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = `#!/bin/sh
exec unshare -m sh -c 'mount --make-rprivate / && mount -o remount,bind,ro / && exec "$@"' sh "${process.execPath}" "$@"
`;

/**
 * A program that becomes Node.js with the whole file system read-only, as containers on the platform are; undefined
 * where that takes rights that this process does not have.
 */
export async function readOnlyNode(): Promise<string | undefined> {
  const path = join(await mkdtemp(join(tmpdir(), 'read-only-node-')), 'node');
  await writeFile(path, SCRIPT, { mode: 0o755 });
  const writing =
    'try { require("fs").writeFileSync(process.argv[1], ""); } catch (error) { process.stdout.write(error.code); }';
  const { stdout } = spawnSync(path, ['-e', writing, `${path}.written`], { encoding: 'utf8' });
  return stdout === 'EROFS' ? path : undefined;
}
