import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyEvent } from '@local/playbook-runner';
import { keyOf } from './journal.js';

/**
 * The rows that the module has set aside in `rejected/` of its data folder, as keys. Lines that a crash has torn are
 * passed over.
 */
export async function readRejectedRows(dataFolder: string): Promise<ReadonlySet<string>> {
  const folder = join(dataFolder, 'rejected');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const keys = texts.flatMap((text) => text.split('\n')).flatMap(keyOfLine);
  return new Set(keys);
}

function keyOfLine(line: string): string[] {
  try {
    const { row } = JSON.parse(line) as { row?: unknown };
    const identity = identifyEvent(JSON.stringify(row));
    return identity === undefined ? [] : [keyOf(identity)];
  } catch {
    return [];
  }
}
