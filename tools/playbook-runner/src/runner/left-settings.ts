import { lstat, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './is-alive.js';

const NAME = /^symphony-(\d+)-/;

/** How the names of a process's settings folders begin, so that another can tell whether they are still in use. */
export function settingsFolderPrefix(pid: number): string {
  return `symphony-${pid}-`;
}

/** Removes the settings folders, secrets in them, that processes of this user left behind when they were killed. */
export async function removeLeftSettings(): Promise<void> {
  const names = await readdir(tmpdir());
  await Promise.all(names.filter(isLeft).map((name) => removeOwn(join(tmpdir(), name))));
}

function isLeft(name: string): boolean {
  const pid = NAME.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

/** Others may write into a folder for temporary files too: what is not ours is left alone. */
async function removeOwn(path: string): Promise<void> {
  try {
    const { uid } = await lstat(path);
    if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  } catch {
    // Another runner that starts at this moment was faster.
  }
}
