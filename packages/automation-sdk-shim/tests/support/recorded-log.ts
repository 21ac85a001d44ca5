import { type Level, Log } from '../../src/log/log.js';
import { Redactor } from '../../src/log/redactor.js';

export interface RecordedLog {
  readonly log: Log;
  readonly redactor: Redactor;
  readonly lines: { level: Level; text: string }[];
  /** The texts of one level. */
  readonly at: (level: Level) => string[];
}

/** A log that keeps its lines in memory. */
export function recordedLog(now: () => number = Date.now): RecordedLog {
  const redactor = new Redactor();
  const lines: RecordedLog['lines'] = [];
  const log = new Log({ redactor, threshold: 'debug', write: (level, text) => lines.push({ level, text }), now });
  return {
    log,
    redactor,
    lines,
    at: (wanted) => lines.filter(({ level }) => level === wanted).map(({ text }) => text),
  };
}
