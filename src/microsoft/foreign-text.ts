/** How much is read of a text that may be of any length. */
const mostRead = 20_000;

/**
 * Text that somebody else wrote, for a sentence of ours: one line of 300 characters at most, without line breaks, control characters and marks of
 * direction, by which it could pass itself off as a log line of its own, or give orders to a terminal.
 */
export function oneLine(text: string): string {
  const line = text
    .slice(0, mostRead)
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
  return /^.{0,300}/u.exec(line)?.[0] ?? '';
}

/**
 * What a person would read of a page of HTML or XML: the text between its tags, without styles and scripts. Takes each character once, whatever
 * the page holds.
 */
export function withoutTags(page: string): string {
  const [beginning = '', ...pieces] = page.slice(0, mostRead).split('<');
  let hiddenBy: string | undefined;
  const texts = pieces.map((piece) => {
    const [, slash, name] = /^(\/?)(style|script)\b/i.exec(piece) ?? [];
    if (hiddenBy === undefined && slash === '') hiddenBy = name?.toLowerCase();
    else if (slash === '/' && name?.toLowerCase() === hiddenBy) hiddenBy = undefined;
    if (hiddenBy !== undefined) return '';
    const end = piece.indexOf('>');
    return end < 0 ? `<${piece}` : piece.slice(end + 1);
  });
  return [beginning, ...texts].join(' ');
}
