import { open, rename } from 'node:fs/promises';

/** Writes beside and renames, so that a crash leaves the old text or the new one. Only the owner may read it (0600). */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
