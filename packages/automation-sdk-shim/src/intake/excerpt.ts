const MAX_READ = 3_000;

/** The beginning of a text in one line, without control characters, by which it could pass itself off as a log line of its own. */
export function excerpt(text: string): string {
  const line = text
    .slice(0, MAX_READ)
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
  const shown = /^.{0,300}/u.exec(line)?.[0] ?? '';
  return line.length > shown.length ? `${shown}…` : shown;
}
