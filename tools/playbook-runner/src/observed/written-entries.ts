import { isLogLevel, type LogLevel } from '../wire/playbook.js';

/** A log entry that the process wrote to its output. */
export interface WrittenEntry {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
}

/** The module posts every five seconds, and cuts what is longer. */
const POSTED_WITHIN_MS = 15_000;
/**
 * While the platform cannot be reached, a module keeps its last 1,000 entries, and tries again once a minute or sooner.
 */
const REMEMBERED_FOR_MS = 5 * 60_000;
const REMEMBERED = 1000;
/** A moment is soon over: the module posts no more than this at a time. */
const REMEMBERED_EARLY = 100;
/** Both times are of the same call; it may have been interrupted between them. */
const TWINS_WITHIN_MS = 2000;
const COMPARED_CHARACTERS = 16_000;

type Said = Pick<WrittenEntry, 'atMs' | 'message'>;

/** Reads a line `{"level": "warning", "time": "<ISO>", "msg": "…"}`; undefined where it is something else. */
export function readWrittenEntry(line: string): WrittenEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, time, msg } = JSON.parse(line) as Record<string, unknown>;
    const atMs = typeof time === 'string' ? Date.parse(time) : NaN;
    if (!isLogLevel(level) || typeof msg !== 'string' || Number.isNaN(atMs)) return undefined;
    return { atMs, level, message: msg };
  } catch {
    return undefined;
  }
}

/**
 * Log entries that were written and are still to be posted to the platform. A module does both with each, so that one
 * would be shown twice; but what it wrote last before a crash, and what it says about posting, is written only.
 */
export class WrittenEntries {
  #waiting: WrittenEntry[] = [];
  /** Taken as overdue; what was posted late all the same is known by them. */
  #shown: WrittenEntry[] = [];
  /** Posted, but not seen as written: the post may come first by a moment, as it takes another way. */
  #early: Said[] = [];

  add(entry: WrittenEntry): void {
    if (!removeTwin(this.#early, entry)) this.#waiting.push(entry);
  }

  /**
   * To be called with what was posted. Stack traces are written only: the first line tells.
   *
   * @returns 'shown' where it was taken as overdue before
   */
  posted(message: string, atMs: number): 'new' | 'shown' {
    const twin = { message, atMs };
    if (removeTwin(this.#waiting, twin)) return 'new';
    if (removeTwin(this.#shown, twin)) return 'shown';
    this.#early = [...this.#early, twin].slice(-REMEMBERED_EARLY);
    return 'new';
  }

  /** Takes those that will hardly be posted any more: all of them with Infinity, once the process has ended. */
  takeOverdue(nowMs: number): WrittenEntry[] {
    const overdue: WrittenEntry[] = [];
    const waiting: WrittenEntry[] = [];
    for (const entry of this.#waiting) (nowMs - entry.atMs > POSTED_WITHIN_MS ? overdue : waiting).push(entry);
    this.#waiting = waiting;
    const remembered = [...this.#shown, ...overdue].filter(({ atMs }) => nowMs - atMs <= REMEMBERED_FOR_MS);
    this.#shown = remembered.slice(-REMEMBERED);
    return overdue;
  }
}

/** Whether it was among them. What says the same at another time is another entry. */
function removeTwin(entries: Said[], { message, atMs }: Said): boolean {
  const line = firstLine(message);
  const position = entries.findIndex(
    (entry) => Math.abs(entry.atMs - atMs) <= TWINS_WITHIN_MS && firstLine(entry.message) === line,
  );
  if (position !== -1) entries.splice(position, 1);
  return position !== -1;
}

function firstLine(message: string): string {
  return message.slice(0, COMPARED_CHARACTERS).split('\n', 1)[0] ?? '';
}
