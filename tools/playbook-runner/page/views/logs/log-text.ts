import type { LogLine } from '../../../src/wire/live.js';

/** Lines to be copied: time in UTC, level, origin, message. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .map(
      (line) =>
        `${new Date(line.atMs).toISOString()} ${line.level.padEnd(8)} ${line.origin.padEnd(6)} ${line.message}\n`,
    )
    .join('');
}
