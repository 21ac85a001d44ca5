import { DateTime } from 'luxon';

/** A time (ms since 1970) as operators read it: `2026-11-28 12:00:00 UTC`. */
export function inWords(timeMs: number): string {
  return DateTime.fromMillis(timeMs, { zone: 'utc' }).toFormat("yyyy-MM-dd HH:mm:ss 'UTC'");
}
