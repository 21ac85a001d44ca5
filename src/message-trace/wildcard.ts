/** How texts are compared: without case, and whichever way their accents are written. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/**
 * Whether a text fits a pattern in which `*` stands for any text, none included. Both are folded already. Each part of
 * the pattern is looked for once, from left to right: patterns come from outside, and no text makes this slow.
 */
export function isLike(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
