import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface DataFolder {
  readonly path: string;
  /** Whether a trigger has kept state there. */
  readonly continues: boolean;
}

/**
 * The folder in `parent` where the trigger keeps its state, made where it is missing. `fresh` empties this folder alone,
 * so that nothing of the user's is deleted where `parent` is not ours.
 */
export async function openDataFolder(parent: string, fresh: boolean): Promise<DataFolder> {
  const path = join(parent, 'message_trace');
  if (fresh) await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  return { path, continues: (await readdir(path)).length > 0 };
}
