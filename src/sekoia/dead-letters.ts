import { createHash } from 'node:crypto';
import {
  MAX_REJECTED_BYTES,
  MAX_REJECTED_FILES,
  REJECTED_WARNING_SHARE,
  REMEMBERED_REJECTIONS,
  type FolderSize,
} from '@sekoia/automation-sdk-shim';
import type { CollectorLog } from '../model/ports.js';
import { StorageError } from '../model/errors.js';
import { isObject, type JsonObject, type JsonValue } from '../model/json.js';
import type { Protection, TraceRecord } from '../model/record.js';
import type { Privacy } from '../message-trace/privacy.js';
import type { Storage } from './storage.js';

interface Parts {
  readonly storage: Pick<Storage, 'appendLine' | 'sizeOf'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: CollectorLog;
  /** Undefined where rows are written as they came. */
  readonly privacy?: Privacy | undefined;
  /** Default: the budgets. */
  readonly limits?: FolderSize;
  /** How many rows are known not to be written again. Default: the budget. */
  readonly remembered?: number | undefined;
}

const folder = 'rejected';
const budgets: FolderSize = { files: MAX_REJECTED_FILES, bytes: MAX_REJECTED_BYTES };
/** After so many rows the folder is measured again: only that counts its files. */
const rowsUnmeasured = 1_000;

/**
 * What cannot be delivered, a line a row, in `rejected/<date>.ndjson` of the data folder: the row, the reason and when.
 * These lines are the only copy of their rows, so nothing is removed to make room. A full folder is a StorageError:
 * delivery is held until a person has moved files away (docs/adr/0018).
 */
export class RejectedFile {
  readonly #parts: Parts;
  readonly #limits: FolderSize;
  /** A row that cannot be read is answered again by every pass. In the order in which they were written. */
  readonly #written = new Set<string>();
  /** Undefined until it was measured. */
  #size: FolderSize | undefined;
  /** Rows that were written since. */
  #unmeasured = 0;
  #isWarned = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? budgets;
  }

  /** @returns whether the row was not there already @throws StorageError */
  async add(row: unknown, reason: string, record?: TraceRecord): Promise<boolean> {
    const key = keyOf(row, reason);
    if (this.#written.has(key)) return false;
    const at = new Date(this.#parts.now()).toISOString();
    const line = JSON.stringify({ rejected_at: at, reason, ...this.#protected(row, record) });
    await this.#ensureRoom(Buffer.byteLength(line) + 1);
    await this.#parts.storage.appendLine(`${folder}/${at.slice(0, 10)}.ndjson`, line);
    this.#remember(key);
    return true;
  }

  /** The row, and what `protectionIn` reads: replaying must not protect it again. */
  #protected(row: unknown, record: TraceRecord | undefined): { row: unknown; protected?: unknown } {
    const { privacy } = this.#parts;
    if (privacy === undefined) return { row };
    if (record === undefined) return { row: privacy.entry(row as JsonValue) };
    const { raw, protection } = privacy.record(record);
    if (protection === undefined) return { row: raw };
    const { eventId, subject, addresses } = protection;
    return { row: raw, protected: { event_id: eventId, subject, addresses } };
  }

  /** @throws StorageError */
  async #ensureRoom(bytes: number): Promise<void> {
    let size = grown(this.#size, bytes);
    // Where it is full, a person may have moved files away since.
    if (size === undefined || this.#shareOf(size) > 1 || this.#unmeasured >= rowsUnmeasured) {
      size = grown(await this.#measure(), bytes);
      this.#unmeasured = 0;
    }
    const share = this.#shareOf(size);
    if (share > 1) throw fullError(this.#limits);
    this.#size = size;
    this.#unmeasured += 1;
    if (share < REJECTED_WARNING_SHARE) this.#isWarned = false;
    else if (!this.#isWarned) this.#warn(share);
  }

  async #measure(): Promise<FolderSize> {
    // Where the storage cannot list, only what this process wrote is known.
    return (await this.#parts.storage.sizeOf(folder)) ?? this.#size ?? { files: 0, bytes: 0 };
  }

  #shareOf({ files, bytes }: FolderSize): number {
    return Math.max(files / this.#limits.files, bytes / this.#limits.bytes);
  }

  #warn(share: number): void {
    this.#isWarned = true;
    this.#parts.log.error(
      `The folder "rejected" of the data folder is ${Math.floor(100 * share)} % full. No data is lost so far. Move its files away: once it is full, nothing more is delivered until there is room. [MT-REJECTED]`,
    );
  }

  #remember(key: string): void {
    this.#written.add(key);
    if (this.#written.size <= (this.#parts.remembered ?? REMEMBERED_REJECTIONS)) return;
    const [oldest] = this.#written;
    if (oldest !== undefined) this.#written.delete(oldest);
  }
}

/** What the line of a dead letter says of the privacy of its row. */
export function protectionIn(line: JsonObject): Protection | undefined {
  const { protected: of } = line;
  if (!isObject(of) || typeof of['event_id'] !== 'string') return undefined;
  return { eventId: of['event_id'], subject: of['subject'] === true, addresses: of['addresses'] === true };
}

function keyOf(row: unknown, reason: string): string {
  return createHash('sha256')
    .update(`${reason}\n${JSON.stringify(row)}`)
    .digest('base64')
    .slice(0, 22);
}

function grown<Size extends FolderSize | undefined>(size: Size, added: number): Size {
  return size === undefined ? size : { ...size, bytes: size.bytes + added };
}

function fullError({ files, bytes }: FolderSize): StorageError {
  return new StorageError(
    `The folder "rejected" of the data folder is full: ${bytes} bytes, or ${files} files. Its lines are the only copy of rows that could not be delivered, so nothing there is removed or overwritten. Move its files away; delivery then goes on by itself within a minute.`,
  );
}
