import { createHash } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk } from '../collector/files.js';

/** A row that cannot be read is answered again by every pass; how many of them are known to have been written already. */
const mostRemembered = 10_000;

/** What cannot be delivered, a line a row, in `rejected/<date>.ndjson` of the data folder: the row, the reason and when. */
export class RejectedFile {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #written = new Set<string>();

  constructor(dataFolder: string, now: () => number) {
    this.#folder = join(dataFolder, 'rejected');
    this.#now = now;
  }

  /** @returns whether the row was not there already @throws StorageError */
  async add(row: unknown, reason: string): Promise<boolean> {
    const key = createHash('sha256')
      .update(`${reason}\n${JSON.stringify(row)}`)
      .digest('base64');
    if (this.#written.has(key)) return false;
    const at = new Date(this.#now()).toISOString();
    const path = join(this.#folder, `${at.slice(0, 10)}.ndjson`);
    await onDisk(path, async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await appendFile(path, `${JSON.stringify({ rejected_at: at, reason, row })}\n`, { mode: 0o600, flush: true });
    });
    if (this.#written.size < mostRemembered) this.#written.add(key);
    return true;
  }
}
