import type { LogLine } from '../../../src/wire/live.js';
import { LOG_LEVELS, type LogLevel } from '../../../src/wire/playbook.js';

export interface LogFilter {
  /** This level and the graver ones. */
  readonly atLeast: LogLevel;
  /** Occurs in the message; capitals do not count. */
  readonly text: string;
}

export const NO_LOG_FILTER: LogFilter = { atLeast: 'debug', text: '' };

/** Those of `lines` that pass, in their order. */
export function filterLogs(lines: readonly LogLine[], filter: LogFilter): readonly LogLine[] {
  const min = LOG_LEVELS.indexOf(filter.atLeast);
  const text = filter.text.trim().toLowerCase();
  return lines.filter(
    (line) => LOG_LEVELS.indexOf(line.level) >= min && (text === '' || line.message.toLowerCase().includes(text)),
  );
}

/** Lines to be copied: time in UTC, level, origin, message. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .map(
      (line) =>
        `${new Date(line.atMs).toISOString()} ${line.level.padEnd(8)} ${line.origin.padEnd(6)} ${line.message}\n`,
    )
    .join('');
}

export interface MessagePart {
  readonly kind: 'plain' | 'code' | 'hit';
  readonly text: string;
}

/** An error's code as the module writes it: `[MT-SETTINGS]`, `[SDK-INTAKE]`. */
const CODE = /\[(?:MT|SDK)-[A-Z0-9-]+\]/gu;

/**
 * A message cut where something is to stand out: the search's hits, and error codes where nothing was found in them.
 */
export function messageParts(message: string, search: string): readonly MessagePart[] {
  return cutAt(message, hitsOf(message, search.trim()), 'hit').flatMap((part) =>
    part.kind === 'hit' ? [part] : cutAt(part.text, [...part.text.matchAll(CODE)].map(placeOf), 'code'),
  );
}

type Place = readonly [start: number, end: number];

function hitsOf(message: string, search: string): readonly Place[] {
  if (search === '') return [];
  const pattern = new RegExp(search.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&'), 'giu');
  return [...message.matchAll(pattern)].map(placeOf);
}

function placeOf(match: RegExpExecArray): Place {
  return [match.index, match.index + match[0].length];
}

function cutAt(text: string, places: readonly Place[], kind: 'code' | 'hit'): readonly MessagePart[] {
  const parts: MessagePart[] = [];
  let from = 0;
  for (const [start, end] of places) {
    parts.push({ kind: 'plain', text: text.slice(from, start) }, { kind, text: text.slice(start, end) });
    from = end;
  }
  parts.push({ kind: 'plain', text: text.slice(from) });
  return parts.filter((part) => part.text !== '');
}
