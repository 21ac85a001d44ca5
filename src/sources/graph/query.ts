import type { TimeRange, TraceRecord } from '../../collector/contracts.js';

/** Without it a status that was added after the documented list is `unknownFutureValue`, and two of them the same. */
export const headers = { Prefer: 'include-unknown-enum-members' };

/** The most that `$top` may ask for; documented. */
export const pageRows = 5000;

/**
 * The address of a range's first page. Both bounds must be given and are inclusive, so nothing that lies on one is left
 * out. Whole seconds: whether fractions are taken is not documented. No other filter is of use: `or`, `in` and `ne` are
 * accepted and ignored.
 */
export function rangeUrl(apiUrl: string, range: TimeRange): URL {
  const url = new URL(`${apiUrl.replace(/\/+$/, '')}/admin/exchange/tracing/messageTraces`);
  const filter = `receivedDateTime ge ${dateTime(range.start)} and receivedDateTime le ${dateTime(range.end)}`;
  url.search = `?$filter=${encodeURIComponent(filter)}&$top=${pageRows}`;
  return url;
}

/**
 * The end of a query that still holds what was received at a row's time: the bound is inclusive, and rounded up to a
 * whole second.
 */
export function endAt({ receivedMs = NaN, raw }: TraceRecord): number {
  const text = raw['receivedDateTime'];
  const hasFraction = typeof text === 'string' && /\.\d*[1-9]/.test(text);
  return Math.floor(receivedMs / second) * second + (hasFraction ? second : 0);
}

const second = 1000;

function dateTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}
