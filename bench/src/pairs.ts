// Module and floor by turns: each pair is a run of either, one right after the other on the same mail.
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { floor, module, type Start } from './processes.js';
import { describe, type Pair, type PairResult, summary } from './pair-result.js';
import { measure, report, type Run, withFolder } from './runs.js';
import type { Api, Backlog } from './tenant-messages.js';
import { TenantProcess } from './tenant-process.js';

export const HOUR_MS = 3_600_000;
/** All backlogs are as dense as this: some 400,000 rows a day. */
const ROW_MS = (24 * HOUR_MS) / 400_000;
/** With the default of late_window (27 hours) each pass reads all of the backlog again when so much time has passed. */
const UNTIL_READ_AGAIN_MS = 28 * HOUR_MS;
/** Older mail than late_window is not read again: that is a day of it, and what the runs take. */
const MAX_KNOWN_ROWS = 400_000;
/** When no page was asked for during so long, reading again is over: passes follow each other at once. */
const QUIET_MS = 2000;
/** Where a page of Graph ends between two rows of one key, the second is on no page. That is rare. */
const MAX_DIFFERENCE = 0.001;

export const FORMATS = ['raw', 'normalized', 'enriched'] as const;

export interface Variant {
  readonly format: (typeof FORMATS)[number];
  readonly gzip: boolean;
}

export function nameOf({ format, gzip }: Variant): string {
  return gzip ? `${format}-gzip` : format;
}

/** Mail received until now, as much as there are rows. */
export function backlogOf(rows: number, nowMs = Date.now()): Backlog {
  // The floor asks for whole seconds, and for none in the future.
  const toMs = Math.floor(nowMs / 1000) * 1000;
  return { rows, fromMs: toMs - Math.max(HOUR_MS / 60, Math.round(rows * ROW_MS)), toMs };
}

/** The settings of a module that reads a backlog at its first start. */
export function catchUpSettings({ fromMs, toMs }: Backlog, { format, gzip }: Variant): Record<string, unknown> {
  // An hour more: the start is some time after the backlog's end.
  return { event_format: format, compress: gzip, start_time: Math.ceil((toMs - fromMs) / HOUR_MS) + 1 };
}

export interface PairOptions {
  readonly api: Api;
  readonly rows: number;
  readonly pairs: number;
}

/** The first reading of a backlog. */
export async function compareFirstRead(variant: Variant, { api, rows, pairs }: PairOptions): Promise<PairResult> {
  const done: Pair[] = [];
  while (done.length < pairs) {
    // A tenant for each pair: its mail is as old for each.
    const backlog = backlogOf(rows);
    const tenant = await TenantProcess.start({ api, backlog });
    try {
      const collect = module({ settings: catchUpSettings(backlog, variant) });
      const pair = await runPair(tenant, done.length, { collect, floor: floor(api, backlog) }, { events: rows, rows });
      checkDelivered('The module', pair.module, rows);
      checkDelivered('The floor', pair.floor, rows);
      done.push(pair);
    } finally {
      await tenant.stop();
    }
    report(`first read, ${api}, ${nameOf(variant)}`, done.length, pairs, describe(done, rows));
  }
  return summary(done, rows);
}

/** Reading again what was sent already. */
export function compareReRead({ api, rows: wanted, pairs }: PairOptions): Promise<PairResult> {
  return withFolder(async (folder) => {
    const rows = Math.min(wanted, MAX_KNOWN_ROWS);
    const backlog = backlogOf(rows, Date.now() - UNTIL_READ_AGAIN_MS);
    const tenant = await TenantProcess.start({ api, backlog });
    try {
      const settings = catchUpSettings(backlog, { format: 'normalized', gzip: false });
      const known = join(folder, 'known');
      await mkdir(known);
      tenant.setClock(-UNTIL_READ_AGAIN_MS);
      report(`re-read, ${api}: the first reading, which is not measured`, 0, pairs);
      await measure(tenant, module({ settings, dataFolder: known }), { end: { events: rows, rows } });
      tenant.setClock(0);
      const done: Pair[] = [];
      while (done.length < pairs) {
        const dataFolder = join(folder, String(done.length));
        await cp(known, dataFolder, { recursive: true });
        const collect = module({ settings, dataFolder });
        const pair = await runPair(
          tenant,
          done.length,
          { collect, floor: floor(api, backlog) },
          { events: 0, rows },
          () => untilQuiet(tenant),
        );
        const { events } = pair.module.counts;
        if (events > 0)
          throw new Error(`${events} known rows were sent again (${api}): that is a fault of the module.`);
        checkDelivered('The floor', pair.floor, rows);
        done.push(pair);
        report(`re-read, ${api}`, done.length, pairs, describe(done));
      }
      return summary(done);
    } finally {
      await tenant.stop();
    }
  });
}

/** The first one alternates, so that neither always finds the machine as the other left it. */
async function runPair(
  tenant: TenantProcess,
  number: number,
  programs: { readonly collect: Start; readonly floor: Start },
  end: { readonly events: number; readonly rows: number },
  then: () => Promise<void> = () => Promise.resolve(),
): Promise<Pair> {
  const runFloor = () => measure(tenant, programs.floor);
  const runModule = () => measure(tenant, programs.collect, { end, then });
  if (number % 2 === 0) {
    const floorRun = await runFloor();
    return { floor: floorRun, module: await runModule() };
  }
  const moduleRun = await runModule();
  return { floor: await runFloor(), module: moduleRun };
}

/** What is not delivered, or twice, would be cheap or dear without telling anything. */
function checkDelivered(who: string, { counts: { events } }: Run, rows: number): void {
  if (Math.abs(events - rows) <= rows * MAX_DIFFERENCE) return;
  throw new Error(`${who} has delivered ${events} events of ${rows} rows: what that cost means nothing.`);
}

async function untilQuiet(tenant: TenantProcess): Promise<void> {
  let asked = -1;
  for (let { requests } = await tenant.counts(); requests !== asked; { requests } = await tenant.counts()) {
    asked = requests;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}
