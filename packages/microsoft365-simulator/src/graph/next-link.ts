import { skiptokenFor } from './skiptoken.js';
import type { TracePage } from './trace-page.js';

/** The absolute address of the rows after a page, with all that the request asked; null after the last page. */
export function nextLink(page: TracePage, asked: URL, origin = asked.origin): string | null {
  if (page.nextOffset === null) return null;
  const parts: string[] = [];
  for (const [name, value] of asked.searchParams) {
    if (name !== '$skiptoken') parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  parts.push(`$skiptoken=${skiptokenFor(page.nextOffset)}`);
  return `${origin}${asked.pathname}?${parts.join('&')}`;
}
