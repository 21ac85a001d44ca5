export const HIGHEST_RATE = 100_000;

/** The slider's right end. Its left end, 0, is no mail at all. */
export const RATE_POSITIONS = 80;

/** Rows an hour at position 1: one every six minutes. */
const LOWEST_RATE = 10;

/** Rows an hour at a position of the slider: each step is the same factor, rounded to two digits. */
export function rateAt(position: number): number {
  if (position <= 0) return 0;
  const exact = LOWEST_RATE * (HIGHEST_RATE / LOWEST_RATE) ** ((position - 1) / (RATE_POSITIONS - 1));
  return Number(exact.toPrecision(2));
}

/** The position whose rate is nearest. */
export function positionOf(rowsPerHour: number): number {
  if (rowsPerHour <= 0) return 0;
  const share = Math.log(rowsPerHour / LOWEST_RATE) / Math.log(HIGHEST_RATE / LOWEST_RATE);
  return Math.min(RATE_POSITIONS, Math.max(1, 1 + Math.round(share * (RATE_POSITIONS - 1))));
}
