import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, removed after the file's tests: processes may still use it at the end of one. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-shim-'));
  folders.push(folder);
  return folder;
}
