import { expect } from '@jest/globals';

export interface LogEntry {
  readonly level: string;
  readonly atMs: number;
  readonly message: string;
}

const minute = 60_000;

/** The log entries among the lines that a trigger wrote, in their order. */
export function entriesOf(output: readonly string[]): LogEntry[] {
  return output.flatMap((line) => {
    const { level, time, msg } = parsed(line);
    if (typeof level !== 'string' || typeof time !== 'string' || typeof msg !== 'string') return [];
    return [{ level, atMs: Date.parse(time), message: msg }];
  });
}

export function messagesAt(level: string, output: readonly string[]): string[] {
  return entriesOf(output)
    .filter((entry) => entry.level === level)
    .map(({ message }) => message);
}

/**
 * Asserts that no warning comes more than once a minute: none with the same text, and none that only says that
 * Microsoft is away.
 */
export function expectNoHurry(entries: readonly LogEntry[]): void {
  const last = new Map<string, number>();
  const hurried: string[] = [];
  for (const { level, atMs, message } of entries) {
    if (level !== 'warning') continue;
    const key = message.endsWith('[MT-UNAVAILABLE]') ? 'MT-UNAVAILABLE' : message;
    // Half a second: the log's clock and the module's are not the same.
    if (atMs - (last.get(key) ?? -Infinity) < minute - 500) hurried.push(message);
    last.set(key, atMs);
  }
  expect(hurried).toEqual([]);
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
