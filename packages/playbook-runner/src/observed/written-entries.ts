import type { LogLevel } from '../wire/live.js';

/** A log entry that the process wrote to its output. */
export interface WrittenEntry {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
}

const LEVELS: readonly unknown[] = ['debug', 'info', 'warning', 'error', 'critical'];
/** The module posts every five seconds, and cuts what is longer. */
const POSTED_WITHIN_MS = 15_000;
const COMPARED_CHARACTERS = 16_000;

/** Reads a line `{"level": "warning", "time": "<ISO>", "msg": "…"}`; undefined where it is something else. */
export function readWrittenEntry(line: string): WrittenEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, time, msg } = JSON.parse(line) as Record<string, unknown>;
    const atMs = typeof time === 'string' ? Date.parse(time) : NaN;
    if (!LEVELS.includes(level) || typeof msg !== 'string' || Number.isNaN(atMs)) return undefined;
    return { atMs, level: level as LogLevel, message: msg };
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

  add(entry: WrittenEntry): void {
    this.#waiting.push(entry);
  }

  /** To be called with what was posted. Stack traces are written only: the first line tells. */
  posted(message: string): void {
    const position = this.#waiting.findIndex((entry) => firstLine(entry.message) === firstLine(message));
    if (position !== -1) this.#waiting.splice(position, 1);
  }

  /** Takes those that will not be posted any more: all of them with Infinity, once the process has ended. */
  takeOverdue(nowMs: number): WrittenEntry[] {
    const overdue = this.#waiting.filter(({ atMs }) => nowMs - atMs > POSTED_WITHIN_MS);
    if (overdue.length > 0) this.#waiting = this.#waiting.filter((entry) => !overdue.includes(entry));
    return overdue;
  }
}

function firstLine(message: string): string {
  return message.slice(0, COMPARED_CHARACTERS).split('\n', 1)[0] ?? '';
}
