import { setTimeout as delay } from 'node:timers/promises';
import { findLost, type RowsFound } from './books/find-lost.js';
import { readSetAsideTime } from './books/set-aside-time.js';
import { readRejectedRows } from './books/rejected-rows.js';
import type { TestBed } from './stage/stage.js';
import { MAX_CHANGE_MS } from './stage/tenant.js';

/**
 * A minute or two for a settings error that was just met, two for an answer that never comes, and what the passes take.
 */
const MAX_WAIT_MS = 360_000;
/** Time that was set aside is asked for again after 15 minutes. */
const MAX_LATE_MS = 1_020_000;
const LOOK_EVERY_MS = 1000;

export interface Settled {
  readonly rows: RowsFound;
  /** From the end of the trouble until nothing was missing; undefined: something still was when the time was up. */
  readonly tookMs: number | undefined;
  /** From the end of the trouble until every row had appeared and changed for the last time. */
  readonly shownAfterMs: number;
}

/**
 * Waits until all that the tenant will ever show has been shown and has arrived, and the status is ok; not for ever.
 */
export async function settle(testBed: TestBed, dataFolder: string): Promise<Settled> {
  const startedMs = performance.now();
  const shownAfterMs = MAX_CHANGE_MS;
  testBed.stopMail();
  await delay(shownAfterMs);
  let settledMs: number | undefined;
  for (;;) {
    const rows = await look(testBed, dataFolder);
    const tookMs = performance.now() - startedMs;
    if (rows.lost.length === 0) settledMs ??= tookMs;
    const isDone = rows.lost.length === 0 && rows.late === 0 && testBed.status.isSettled;
    const limitMs = rows.late > 0 ? MAX_LATE_MS : MAX_WAIT_MS;
    if (isDone || tookMs >= limitMs)
      return { rows, tookMs: rows.lost.length === 0 ? settledMs : undefined, shownAfterMs };
    await delay(LOOK_EVERY_MS);
  }
}

/** What has become of the rows so far. */
export async function look(testBed: TestBed, dataFolder: string): Promise<RowsFound> {
  const [rejected, isSetAside] = await Promise.all([readRejectedRows(dataFolder), readSetAsideTime(dataFolder)]);
  return findLost(testBed.visibleRows(), testBed.journal, { rejected, isSetAside });
}
