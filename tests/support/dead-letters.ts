import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RejectedRow {
  readonly row: unknown;
  readonly reason: string;
}

/** What lies in the folder `rejected` of a data folder, a row a line. */
export async function rejectedIn(dataFolder: string): Promise<RejectedRow[]> {
  const folder = join(dataFolder, 'rejected');
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line) as RejectedRow);
}
