const steps = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'min', seconds: 60 },
  { unit: 's', seconds: 1 },
] as const;

/** `42 s`, `5 min 3 s`, `2 h 5 min`, `3 d`: the two largest units; negative durations count as none. */
export function formatDuration(seconds: number): string {
  const parts = split(seconds);
  return parts.map(({ amount, unit }) => `${amount} ${unit}`).join(' ');
}

/** A duration as a figure: the number that is read first, and the rest as its unit (`2`, `h 5 min`). */
export function durationFigure(seconds: number): { readonly value: string; readonly unit: string } {
  const [first, ...rest] = split(seconds);
  const unit = [first.unit, ...rest.map((part) => `${part.amount} ${part.unit}`)].join(' ');
  return { value: String(first.amount), unit };
}

interface Part {
  readonly amount: number;
  readonly unit: string;
}

function split(seconds: number): [Part, ...Part[]] {
  const total = Math.max(0, Math.floor(seconds));
  const max = steps.findIndex((step) => total >= step.seconds);
  const first = steps[max];
  if (!first) return [{ amount: 0, unit: 's' }];
  const amount = Math.floor(total / first.seconds);
  const next = steps[max + 1];
  const rest = next ? Math.floor((total % first.seconds) / next.seconds) : 0;
  return [{ amount, unit: first.unit }, ...(next && rest > 0 ? [{ amount: rest, unit: next.unit }] : [])];
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `12,345`: for counts of rows, events, requests. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `0.4`, `12.5`, `1,250`: one digit after the point where the number is small enough for it to matter. */
export function formatNumber(value: number): string {
  return Math.abs(value) < 100 ? oneDigit.format(value) : whole.format(value);
}

/** A share from 0 to 1 as `12.5 %`. */
export function formatPercent(share: number): string {
  return `${oneDigit.format(share * 100)} %`;
}

/** `1 row`, `2 rows`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

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
