import { Log } from '../../src/log/log.js';
import type { Level } from '../../src/log/levels.js';
import { Scrubber } from '../../src/log/scrubber.js';

export interface RecordedLog {
  readonly log: Log;
  readonly scrubber: Scrubber;
  readonly lines: { level: Level; text: string }[];
  /** The texts of one level. */
  readonly at: (level: Level) => string[];
}

/** A log that keeps its lines in memory. */
export function recordedLog(now: () => number = Date.now): RecordedLog {
  const scrubber = new Scrubber();
  const lines: RecordedLog['lines'] = [];
  const log = new Log({ scrubber, threshold: 'debug', write: (level, text) => lines.push({ level, text }), now });
  return {
    log,
    scrubber,
    lines,
    at: (wanted) => lines.filter(({ level }) => level === wanted).map(({ text }) => text),
  };
}
