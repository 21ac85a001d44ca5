import type { TimeRange, TraceRecord } from '../../collector/contracts.js';

/** The most that a page holds; other collectors rely on it. */
export const pageRows = 2000;

/**
 * The address of a range's first page. Despite `eq`, StartDate and EndDate are the two bounds on Received. Whether the
 * bounds themselves are within is not documented: the query begins a second early, so that a row that lies on a bound
 * is in one of two adjoining ranges.
 * @param isExact not a second early: where that second cannot be read, it would take this range with it
 */
export function rangeUrl(apiUrl: string, range: TimeRange, isExact = false): URL {
  const url = new URL(`${apiUrl.replace(/\/+$/, '')}/MessageTrace`);
  const start = isExact ? range.start : range.start - 1000;
  const filter = `StartDate eq ${dateTime(start)} and EndDate eq ${dateTime(range.end)}`;
  // Not through searchParams: it writes a blank as `+`, which this service reads as a plus.
  url.search = `?$format=json&$filter=${encodeURIComponent(filter)}`;
  return url;
}

/**
 * The page that begins at a row, for a service that gave no link to it; everything else of the query stays as it was.
 */
export function pageUrl(range: URL, firstRow: number): URL {
  const url = new URL(range);
  url.search = `${range.search}&$skiptoken=${firstRow}`;
  return url;
}

/** The end of a query that still holds what was received at a row's time, whether the bound is inclusive or not. */
export function endAt({ receivedMs = NaN }: TraceRecord): number {
  return (Math.floor(receivedMs / 1000) + 1) * 1000;
}

function dateTime(timeMs: number): string {
  return `datetime'${new Date(timeMs).toISOString().replace('.000Z', 'Z')}'`;
}
