/** Long enough for a page that asks once a second to show it. */
const FIRST_WAIT_MS = 2000;
const MAX_WAIT_MS = 60_000;

/** A process that ran this long has started well: what happens to it later is no part of a row of crashes. */
export const STARTED_WELL_AFTER_MS = 60_000;

/** How long to wait after the given number of crashes in a row (from 1): doubling, as container platforms do. */
export function restartWaitMs(crashesInARow: number): number {
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (crashesInARow - 1));
}
