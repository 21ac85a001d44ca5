import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyEvent } from '../audit/row-identity.js';
import { keyOf } from './audit/journal.js';
import { setTimeout as delay } from 'node:timers/promises';
import { findLost, type RowsFound } from './audit/findings.js';
import type { TestBed } from './test-bed/test-bed.js';
import { MAX_CHANGE_MS } from './test-bed/sign-in-scenarios.js';

/**
 * The rows that the module has set aside in `rejected/` of its data folder, as keys. Lines that a crash has torn are
 * passed over.
 */
export async function readRejectedRows(dataFolder: string): Promise<ReadonlySet<string>> {
  const folder = join(dataFolder, 'rejected');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const keys = texts.flatMap((text) => text.split('\n')).flatMap(keyOfLine);
  return new Set(keys);
}

function keyOfLine(line: string): string[] {
  try {
    const { row } = JSON.parse(line) as { row?: unknown };
    const identity = identifyEvent(JSON.stringify(row));
    return identity === undefined ? [] : [keyOf(identity)];
  } catch {
    return [];
  }
}

interface Span {
  readonly start: string;
  readonly end: string;
}

/**
 * Says of a time, in milliseconds since 1970, whether `context.json` has set it aside. None is where that cannot be
 * read.
 */
export async function readSetAsideTime(dataFolder: string): Promise<(receivedMs: number) => boolean> {
  const text = await readFile(join(dataFolder, 'context.json'), 'utf8').catch(() => '{}');
  const spans = spansIn(text).map(({ start, end }) => ({ fromMs: Date.parse(start), toMs: Date.parse(end) }));
  return (receivedMs) => spans.some(({ fromMs, toMs }) => receivedMs >= fromMs && receivedMs < toMs);
}

function spansIn(text: string): readonly Span[] {
  try {
    return (JSON.parse(text) as { set_aside?: readonly Span[] }).set_aside ?? [];
  } catch {
    return [];
  }
}

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
