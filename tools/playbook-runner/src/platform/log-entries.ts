import { HttpError } from '../http/refusal.js';
import { isLogLevel, LOG_LEVELS, type LogLevel } from '../wire/log-levels.js';

export interface LogEntry {
  /** ISO 8601 in UTC without a zone, as Sekoia's Python SDK writes it: `2026-11-23T09:30:00.250000`. */
  readonly date: string;
  readonly level: LogLevel;
  readonly message: string;
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$/;

/**
 * The entries of a body `{"logs": [{"date", "level", "message"}]}`.
 *
 * Read more strictly than Sekoia is known to: a date with a zone or a level of another name is a breach of the
 * contract.
 *
 * @throws {HttpError} 400 naming the first entry that is not as it should be.
 */
export function readLogEntries(body: unknown): readonly LogEntry[] {
  const logs = asRecord(body)?.['logs'];
  if (!Array.isArray(logs)) throw new HttpError(400, 'The body is not {"logs": […]}: send the entries as a list.');
  return logs.map(readLogEntry);
}

function readLogEntry(entry: unknown, position: number): LogEntry {
  const { date, level, message } = asRecord(entry) ?? {};
  if (typeof date !== 'string' || !DATE.test(date)) {
    throw new HttpError(400, `logs[${position}].date is not ISO 8601 in UTC without a zone: write it like this.`);
  }
  if (!isLogLevel(level)) {
    throw new HttpError(400, `logs[${position}].level is unknown: use one of ${LOG_LEVELS.join(', ')}.`);
  }
  if (typeof message !== 'string') throw new HttpError(400, `logs[${position}].message is no string: send text.`);
  return { date, level, message };
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
