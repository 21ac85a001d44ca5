/** An instant to 100 nanoseconds, as .NET counts them. */
export interface Instant {
  /** Whole milliseconds since 1970 … */
  readonly ms: number;
  /** … and what comes on top of them, in units of 100 nanoseconds, 0…9999. */
  readonly ticks: number;
}

const literal = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)$/i;

/** Reads a date with its zone and up to seven fraction digits; undefined for what is none. */
export function readInstant(text: string): Instant | undefined {
  const [, seconds, fraction = '', zone = ''] = literal.exec(text) ?? [];
  const wholeMs = seconds === undefined ? NaN : Date.parse(`${seconds}${zone}`.toUpperCase());
  if (Number.isNaN(wholeMs)) return undefined;
  const digits = fraction.padEnd(7, '0');
  return { ms: wholeMs + Number(digits.slice(0, 3)), ticks: Number(digits.slice(3)) };
}

export function withSevenDigits({ ms, ticks }: Instant): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}Z`;
}

/** As many fraction digits as the milliseconds need, as .NET writes dates. */
export function withNeededDigits(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z');
}
