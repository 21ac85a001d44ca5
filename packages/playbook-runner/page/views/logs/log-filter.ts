import type { LogLevel, LogLine } from '../../../src/wire/live.js';

/** From the least to the gravest. */
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warning', 'error', 'critical'];

export interface LogFilter {
  /** This level and the graver ones. */
  readonly atLeast: LogLevel;
  /** Occurs in the message; capitals do not count. */
  readonly text: string;
}

/** Those of `lines` that pass, in their order. */
export function filterLogs(lines: readonly LogLine[], filter: LogFilter): readonly LogLine[] {
  const least = LOG_LEVELS.indexOf(filter.atLeast);
  const text = filter.text.trim().toLowerCase();
  return lines.filter(
    (line) => LOG_LEVELS.indexOf(line.level) >= least && (text === '' || line.message.toLowerCase().includes(text)),
  );
}
