import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SettingsFolder {
  readonly path: string;
  /** The folder holds secrets: it goes as soon as nobody reads it any more, at the latest with this process. */
  remove(): Promise<void>;
}

/** Writes each value as a file of its name, as the platform does in `/symphony`; only the owner may read (0700, 0600). */
export async function writeSettingsFolder(values: ReadonlyMap<string, string>): Promise<SettingsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'symphony-'));
  const removeAtExit = () => rmSync(path, { recursive: true, force: true });
  process.on('exit', removeAtExit);
  for (const [name, value] of values) await writeFile(join(path, name), value, { mode: 0o600, flag: 'wx' });
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      process.off('exit', removeAtExit);
    },
  };
}
