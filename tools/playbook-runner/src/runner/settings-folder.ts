import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.js';
import { settingsFolderPrefix } from './left-settings.js';

export interface SettingsFolder {
  readonly path: string;
  /**
   * The folder holds secrets: it goes as soon as nobody reads it any more, at the latest with this process. Never
   * rejected: what cannot be removed now is tried again then.
   */
  remove(): Promise<void>;
}

/**
 * Writes each value as a file of its name, as the platform does in `/symphony`; only the owner may read (0700, 0600).
 *
 * @throws what the file system does; then nothing is left behind.
 */
export async function writeSettingsFolder(values: ReadonlyMap<string, string>): Promise<SettingsFolder> {
  const path = await mkdtemp(join(tmpdir(), settingsFolderPrefix(process.pid)));
  const forget = atExit(() => rmSync(path, { recursive: true, force: true }));
  const remove = () => rm(path, { recursive: true, force: true }).then(forget, () => undefined);
  try {
    for (const [name, value] of values) await writeFile(join(path, name), value, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}
