import type { LinkDamage } from '../service/due.js';
import { skiptokenFor } from './skiptoken.js';
import type { TracePage } from './trace-page.js';

/** The absolute address of the rows after a page, with all that the request asked; null after the last page. */
export function nextLink(
  { next }: TracePage,
  asked: URL,
  { origin = asked.origin, skiptoken }: LinkDamage = {},
): string | null {
  if (next === null) return null;
  const parts: string[] = [];
  for (const [name, value] of asked.searchParams) {
    if (name !== '$skiptoken') parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  parts.push(`$skiptoken=${encodeURIComponent(skiptokenFor(next, skiptoken))}`);
  return `${origin}${asked.pathname}?${parts.join('&')}`;
}
