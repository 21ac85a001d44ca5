import type { LogLine } from '../../../src/wire/live.js';
import { LOG_LEVELS, type LogLevel } from '../../../src/wire/log-levels.js';

export interface LogFilter {
  /** This level and the graver ones. */
  readonly atLeast: LogLevel;
  /** Occurs in the message; capitals do not count. */
  readonly text: string;
}

export const NO_LOG_FILTER: LogFilter = { atLeast: 'debug', text: '' };

/** Those of `lines` that pass, in their order. */
export function filterLogs(lines: readonly LogLine[], filter: LogFilter): readonly LogLine[] {
  const least = LOG_LEVELS.indexOf(filter.atLeast);
  const text = filter.text.trim().toLowerCase();
  return lines.filter(
    (line) => LOG_LEVELS.indexOf(line.level) >= least && (text === '' || line.message.toLowerCase().includes(text)),
  );
}
