import { createHash } from 'node:crypto';
import type { Storage } from './storage.js';

/** A row that cannot be read is answered again by every pass; how many of them are known to have been written already. */
const mostRemembered = 10_000;

/** What cannot be delivered, a line a row, in `rejected/<date>.ndjson` of the data folder: the row, the reason and when. */
export class RejectedFile {
  readonly #storage: Pick<Storage, 'appendLine'>;
  readonly #now: () => number;
  readonly #written = new Set<string>();

  constructor(storage: Pick<Storage, 'appendLine'>, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  /** @returns whether the row was not there already @throws StorageError */
  async add(row: unknown, reason: string): Promise<boolean> {
    const key = createHash('sha256')
      .update(`${reason}\n${JSON.stringify(row)}`)
      .digest('base64');
    if (this.#written.has(key)) return false;
    const at = new Date(this.#now()).toISOString();
    const line = JSON.stringify({ rejected_at: at, reason, row });
    await this.#storage.appendLine(`rejected/${at.slice(0, 10)}.ndjson`, line);
    if (this.#written.size < mostRemembered) this.#written.add(key);
    return true;
  }
}
