// What is measured of the module alone: its start, its idling, the delay of its deliveries, its memory, its requests.
import { setTimeout as sleep } from 'node:timers/promises';
import { backlogOf, catchUpSettings, compareFirstRead, HOUR_MS, type Variant } from './pairs.js';
import { median, type PairResult } from './pair-result.js';
import { module } from './processes.js';
import { cpuSecondsOf, measure, report, type Run, type While } from './runs.js';
import type { Api, Backlog } from './tenant-messages.js';
import { TenantProcess } from './tenant-process.js';

/** As the module is set by default. */
const DEFAULTS: Variant = { format: 'normalized', gzip: true };
const FREQUENCY_SECONDS = 60;
const AT_ONCE = { events: 0, rows: 0 };
/** A tenant that idles has mail to look at again, as a quiet one does. */
const QUIET_ROWS = 1000;
/** What the start leaves to do is over by then. */
const SETTLE_MS = 30_000;
const MAIL_PER_HOUR = 7200;
const MEMORY_ROWS = [200_000, 1_000_000, 3_000_000];
const DENSE_ROWS = 400_000;

export interface Context {
  readonly api: Api;
  readonly minutes: number;
}

/** Runs the module once in a tenant of its own. */
async function runOnce(api: Api, backlog: Backlog | undefined, during: (tenant: TenantProcess) => While): Promise<Run> {
  const tenant = await TenantProcess.start({ api, ...(backlog !== undefined && { backlog }) });
  try {
    const settings = backlog === undefined ? {} : catchUpSettings(backlog, DEFAULTS);
    return await measure(tenant, module({ settings: { ...settings, frequency: FREQUENCY_SECONDS } }), during(tenant));
  } finally {
    await tenant.stop();
  }
}

export interface StartResult {
  /** From starting the process to the API's first request: medians. */
  readonly firstRequestMs: number;
  readonly cpuSeconds: number;
  readonly starts: number;
}

export async function measureStart({ api }: Context, starts: number): Promise<StartResult> {
  const runs: Run[] = [];
  while (runs.length < starts) {
    const run = await runOnce(api, undefined, () => ({ end: AT_ONCE }));
    runs.push(run);
    report(`start, ${api}`, runs.length, starts, `first request after ${run.firstRequestMs.toFixed(0)} ms`);
  }
  return {
    firstRequestMs: median(runs.map(({ firstRequestMs }) => firstRequestMs)),
    cpuSeconds: median(runs.map(({ startCpuSeconds }) => startCpuSeconds)),
    starts,
  };
}

export interface IdleResult {
  /** Of one core. */
  readonly cpuShare: number;
  readonly minutes: number;
}

export async function measureIdle({ api, minutes }: Context): Promise<IdleResult> {
  report(`idle, ${api}: ${minutes} minutes`, 0, 1);
  const toMs = Date.now();
  let cpuShare = NaN;
  await runOnce(api, { rows: QUIET_ROWS, fromMs: toMs - 24 * HOUR_MS, toMs }, () => ({
    end: { events: QUIET_ROWS, rows: QUIET_ROWS },
    then: async ({ pid }) => {
      await sleep(SETTLE_MS);
      const [before, startedAt] = [await cpuSecondsOf(pid), performance.now()];
      await sleep(minutes * 60_000);
      cpuShare = ((await cpuSecondsOf(pid)) - before) / ((performance.now() - startedAt) / 1000);
    },
  }));
  report(`idle, ${api}`, 1, 1, `${(cpuShare * 100).toFixed(2)} % of a core`);
  return { cpuShare, minutes };
}

export interface DelayResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rows: number;
  readonly frequencySeconds: number;
}

/** From the moment at which a row became visible to the acknowledgement of its event. */
export async function measureDelay({ api, minutes }: Context): Promise<DelayResult> {
  report(`delay, ${api}: ${minutes} minutes of mail`, 0, 1);
  let delaysMs: readonly number[] = [];
  await runOnce(api, undefined, (tenant) => ({
    end: AT_ONCE,
    then: async () => {
      const forMs = minutes * 60_000;
      tenant.receiveMail(MAIL_PER_HOUR, forMs);
      // Two polls more: what is not there by then counts as late.
      await sleep(forMs + 2 * FREQUENCY_SECONDS * 1000);
      ({ delaysMs } = await tenant.counts());
    },
  }));
  const result = { p50Ms: percentile(delaysMs, 0.5), p99Ms: percentile(delaysMs, 0.99), rows: delaysMs.length };
  report(`delay, ${api}`, 1, 1, `p50 ${(result.p50Ms / 1000).toFixed(1)} s, p99 ${(result.p99Ms / 1000).toFixed(1)} s`);
  return { ...result, frequencySeconds: FREQUENCY_SECONDS };
}

export interface MemoryResult {
  readonly rows: number;
  readonly peakBytes: number;
  readonly cpuSecondsPerMillion: number;
}

/** The largest resident set of a process that reads a backlog: one process for each size. */
export async function measureMemory({ api }: Context): Promise<readonly MemoryResult[]> {
  const results: MemoryResult[] = [];
  for (const rows of MEMORY_ROWS) {
    const { peakBytes, cpuSeconds } = await runOnce(api, backlogOf(rows), () => ({ end: { events: rows, rows } }));
    results.push({ rows, peakBytes, cpuSecondsPerMillion: (cpuSeconds / rows) * 1e6 });
    const mebibytes = (peakBytes / 2 ** 20).toFixed(0);
    report(`memory, ${api}, ${rows} rows`, results.length, MEMORY_ROWS.length, `${mebibytes} MiB`);
  }
  return results;
}

export interface RequestsResult {
  readonly rows: number;
  readonly requests: number;
  /** Those that the rows fill: what the floor asks for. */
  readonly pages: number;
}

/** Requests for a dense backlog; `measured` where it was read just now. */
export async function measureRequests({ api }: Context, measured?: PairResult): Promise<RequestsResult> {
  const one = { api, rows: DENSE_ROWS, pairs: 1 };
  const pair =
    measured?.rows === DENSE_ROWS ? measured : await compareFirstRead({ format: 'normalized', gzip: false }, one);
  return { rows: DENSE_ROWS, requests: pair.module.requests, pages: pair.floor.requests };
}

/** The smallest number that a share of them (0…1) does not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
