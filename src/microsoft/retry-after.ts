import { DateTime } from 'luxon';

const longestMs = 600_000;

/**
 * Retry-After in both its forms, seconds (with a fraction, as Graph sends them) and an HTTP date (seen from the answer's own date), in milliseconds, bounded.
 * Undefined where there is none, or none that can be read.
 */
export function retryAfterMs(header: string | undefined, answeredAt: DateTime): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return bounded(Number(header) * 1000);
  const until = DateTime.fromHTTP(header);
  if (!until.isValid) return undefined;
  return bounded(until.diff(answeredAt.isValid ? answeredAt : DateTime.utc()).toMillis());
}

function bounded(ms: number): number {
  return Math.max(0, Math.min(ms, longestMs));
}
