import { createHash, randomUUID } from 'node:crypto';
import type { JsonObject } from '../model/json.js';
import type { PersistentDocument } from '../model/ports.js';
import { deliveryIdentity, statusIdentity, type TraceRecord } from '../model/record.js';
import { acceptor } from '../model/stored.js';
import { recentStarts, type RunHistory } from './run-plan.js';

/** Rows that wait at once. Together with `MAX_OWED_BYTES` they keep the document far below its limit of 8 MiB. */
const MAX_OWED_ROWS = 5_000;
const MAX_OWED_BYTES = 4 * 1024 * 1024;
/** Keys that are kept of rows that may come again. A chunk of the intake has 10,000 rows at most. */
const MAX_UNCONFIRMED = 20_000;

export interface OwedRow {
  /** Names the row with its status. */
  readonly key: string;
  /** As the payload has it. */
  readonly row: JsonObject;
}

export interface Run {
  readonly id: string;
  readonly rows: readonly JsonObject[];
}

/** `playbook-runs.json`. */
interface StoredRuns {
  readonly version: 1;
  /** Oldest first. */
  readonly owed: readonly OwedRow[];
  /** The run that was sent, and of which no answer is noted: the first rows of `owed`. */
  readonly current?: { readonly run_id: string; readonly rows: number };
  /** When runs were sent in the last minute. ISO 8601, UTC. */
  readonly starts: readonly string[];
  /** Keys of rows whose delivery may not be remembered yet: a crash brings these rows again. */
  readonly unconfirmed: readonly string[];
}

const NOTHING: StoredRuns = { version: 1, owed: [], starts: [], unconfirmed: [] };

const isStoredRuns = acceptor<StoredRuns>({
  type: 'object',
  required: ['version', 'owed', 'starts', 'unconfirmed'],
  properties: {
    version: { const: 1 },
    owed: {
      type: 'array',
      maxItems: MAX_OWED_ROWS,
      items: {
        type: 'object',
        required: ['key', 'row'],
        properties: { key: { type: 'string' }, row: { type: 'object' } },
      },
    },
    current: {
      type: 'object',
      required: ['run_id', 'rows'],
      properties: { run_id: { type: 'string' }, rows: { type: 'integer', minimum: 1, maximum: MAX_OWED_ROWS } },
    },
    starts: { type: 'array', items: { type: 'string', format: 'stored-time' } },
    unconfirmed: { type: 'array', maxItems: MAX_UNCONFIRMED, items: { type: 'string' } },
  },
});

/** The same row with another status is another: it may start another run. */
export function runKey(record: TraceRecord): string {
  const hash = createHash('sha256').update(JSON.stringify([deliveryIdentity(record), statusIdentity(record)]));
  return hash.digest('base64url').slice(0, 22);
}

/**
 * The rows that are owed a run, and what was sent: one document, so that all of it changes at once. A row is noted
 * after its delivery and before that is remembered. A crash between the two brings the row again, and `unconfirmed`
 * knows it.
 */
export class RunQueue {
  readonly #document: PersistentDocument;
  #runs: StoredRuns;
  /** Changes are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(document: PersistentDocument, runs: StoredRuns) {
    this.#document = document;
    this.#runs = runs;
  }

  /** @throws StorageError */
  static async open(document: PersistentDocument): Promise<RunQueue> {
    const stored = await document.read(isStoredRuns);
    return new RunQueue(document, isStoredRuns(stored) ? stored : NOTHING);
  }

  get history(): RunHistory {
    const { owed, current, starts } = this.#runs;
    return { owed: owed.length, unfinished: current?.rows ?? 0, startsMs: starts.map((start) => Date.parse(start)) };
  }

  /**
   * Returns once a crash can no longer lose the runs of these rows.
   * @returns how many there was no room for: they get no run @throws StorageError
   */
  add(rows: readonly OwedRow[]): Promise<{ readonly dropped: number }> {
    return this.#change((runs) => {
      const known = new Set([...runs.unconfirmed, ...runs.owed.map(({ key }) => key)]);
      const added = new Map(rows.filter(({ key }) => !known.has(key)).map((row) => [row.key, row]));
      let bytes = runs.owed.reduce((sum, owed) => sum + sizeOf(owed), 0);
      const accepted: OwedRow[] = [];
      for (const row of added.values()) {
        bytes += sizeOf(row);
        if (runs.owed.length + accepted.length >= MAX_OWED_ROWS || bytes > MAX_OWED_BYTES) break;
        accepted.push(row);
      }
      const dropped = added.size - accepted.length;
      if (accepted.length === 0) return { result: { dropped } };
      const unconfirmed = [...runs.unconfirmed, ...accepted.map(({ key }) => key)].slice(-MAX_UNCONFIRMED);
      return { runs: { ...runs, owed: [...runs.owed, ...accepted], unconfirmed }, result: { dropped } };
    });
  }

  /** The delivery of these rows is remembered. That is stored with the next change: until then it only costs space. */
  confirm(keys: readonly string[]): Promise<void> {
    const confirmed = new Set(keys);
    const isOpen = (key: string) => !confirmed.has(key);
    return this.#change(() => {
      this.#runs = { ...this.#runs, unconfirmed: this.#runs.unconfirmed.filter(isOpen) };
      return { result: undefined };
    });
  }

  /**
   * Notes that a run with the first rows is sent now. A run of as many rows whose answer is not known goes out again
   * under its name.
   * @throws StorageError
   */
  begin(rows: number, nowMs: number): Promise<Run> {
    return this.#change((runs) => {
      const id = runs.current?.rows === rows ? runs.current.run_id : randomUUID();
      const starts = [...recentStarts(this.history.startsMs, nowMs), nowMs].map((ms) => new Date(ms).toISOString());
      return {
        runs: { ...runs, current: { run_id: id, rows }, starts },
        result: { id, rows: runs.owed.slice(0, rows).map(({ row }) => row) },
      };
    });
  }

  /** The platform has taken the run. @throws StorageError */
  finish(): Promise<void> {
    return this.#change(({ current, owed, ...runs }) => ({
      runs: { ...runs, owed: owed.slice(current?.rows ?? 0) },
      result: undefined,
    }));
  }

  #change<Result>(change: (runs: StoredRuns) => { runs?: StoredRuns; result: Result }): Promise<Result> {
    const changed = this.#last.then(async () => {
      const { runs, result } = change(this.#runs);
      if (runs !== undefined) {
        await this.#document.write(runs);
        this.#runs = runs;
      }
      return result;
    });
    this.#last = changed.catch(() => undefined);
    return changed;
  }
}

/** As it lies in the document, whose lines are indented. */
function sizeOf({ row }: OwedRow): number {
  return Buffer.byteLength(JSON.stringify(row)) + 12 * Object.keys(row).length + 100;
}
