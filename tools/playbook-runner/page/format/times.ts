export type TimePrecision = 'day-and-second' | 'second' | 'minute';

const local: Record<TimePrecision, Intl.DateTimeFormat> = {
  'day-and-second': new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }),
  second: new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }),
  minute: new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' }),
};

/** In the browser's zone: `23 Nov 2025, 18:05:09`, `18:05:09` or `18:05`. */
export function formatLocalTime(atMs: number, precision: TimePrecision): string {
  return local[precision].format(atMs);
}

/** `2025-11-23 17:05:09.120 UTC` */
export function formatUtc(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', ' UTC');
}
