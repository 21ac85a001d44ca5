/**
 * The e-mail address in a sender or recipient. Undefined for the empty path `<>` of bounces, which is no address, and
 * for blanks; `<bob@example.com>` is a path with one.
 */
export function addressOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const isPlain = !path.startsWith('<') && path.trim() === path;
  const address = isPlain
    ? path
    : path
        .trim()
        .replace(/^<(.*)>$/s, '$1')
        .trim();
  return address === '' ? undefined : address;
}
