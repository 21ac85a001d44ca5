import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Lends an empty folder of the disk, and takes it away afterwards. */
export async function withTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'message-trace-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
