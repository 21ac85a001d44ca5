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
