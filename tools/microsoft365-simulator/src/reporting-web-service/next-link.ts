import type { TracePage } from './trace-page.js';

/** The service's own spelling of its path, which is not the one that clients are told to use. */
const spelledPath = 'ReportingWebService/Reporting.svc/MessageTrace';

/** The query for the rows after a page, beginning with `?`; null after the last page. */
export function nextQuery(page: TracePage, asked: URLSearchParams): string | null {
  if (page.nextSkiptoken === null) return null;
  const parts: string[] = [];
  for (const [name, value] of asked) {
    if (name !== '$skiptoken' && name !== '$top') parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  const top = asked.get('$top');
  if (top !== null) parts.push(`$top=${Number(top) - page.rows.length}`);
  return `?${[...parts, `$skiptoken=${page.nextSkiptoken}`].join('&')}`;
}

/** A link relative to the request's path. */
export function relativeLink(query: string): string {
  return `../../${spelledPath}${query}`;
}

export function absoluteLink(query: string, origin: string): string {
  return `${origin}/ecp/${spelledPath}${query}`;
}
