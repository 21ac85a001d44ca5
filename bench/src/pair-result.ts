import type { Run } from './runs.js';

/** CPU seconds of whole processes per million rows. */
export interface PairResult {
  readonly pairs: number;
  readonly rows: number;
  readonly module: Cost;
  readonly floor: Cost;
  /** Medians of the pairs' own ratios. */
  readonly ratio: number;
  /** The same of what is used after the first request. */
  readonly ratioWithoutStart: number;
  readonly ratios: readonly number[];
}

interface Cost {
  readonly perMillion: number;
  readonly perMillionWithoutStart: number;
  readonly startCpuSeconds: number;
  readonly peakBytes: number;
  readonly requests: number;
}

export interface Pair {
  readonly module: Run;
  readonly floor: Run;
}

/** The middle one; of an even number the mean of the middle two. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** By the rows that were delivered, or where none are by those that were read. */
function perMillion(cpuSeconds: number, { counts }: Run, rows = counts.rows): number {
  return (cpuSeconds / rows) * 1e6;
}

function ratioOf({ module: collected, floor: least }: Pair, rows?: number): number {
  return perMillion(collected.cpuSeconds, collected, rows) / perMillion(least.cpuSeconds, least, rows);
}

function ratioWithoutStart({ module: collected, floor: least }: Pair, rows?: number): number {
  return costWithoutStart(collected, rows) / costWithoutStart(least, rows);
}

function costWithoutStart(run: Run, rows?: number): number {
  return perMillion(run.cpuSeconds - run.startCpuSeconds, run, rows);
}

/** The last pair, for people. */
export function describe(pairs: readonly Pair[], rows?: number): string {
  const pair = pairs.at(-1);
  if (pair === undefined) return '';
  const [collected, least] = [pair.module, pair.floor].map((run) => perMillion(run.cpuSeconds, run, rows).toFixed(1));
  return `${collected} to ${least} CPU s per million rows, ${ratioOf(pair, rows).toFixed(2)} ×`;
}

/** @param rows those that were delivered; where none were, costs are counted by those that were read */
export function summary(pairs: readonly Pair[], rows?: number): PairResult {
  const cost = (runs: readonly Run[]): Cost => ({
    perMillion: median(runs.map((run) => perMillion(run.cpuSeconds, run, rows))),
    perMillionWithoutStart: median(runs.map((run) => costWithoutStart(run, rows))),
    startCpuSeconds: median(runs.map(({ startCpuSeconds }) => startCpuSeconds)),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    requests: median(runs.map(({ counts }) => counts.requests)),
  });
  const ratios = pairs.map((pair) => ratioOf(pair, rows));
  return {
    pairs: pairs.length,
    rows: median(pairs.map(({ module: { counts } }) => rows ?? counts.rows)),
    module: cost(pairs.map((pair) => pair.module)),
    floor: cost(pairs.map((pair) => pair.floor)),
    ratio: median(ratios),
    ratioWithoutStart: median(pairs.map((pair) => ratioWithoutStart(pair, rows))),
    ratios,
  };
}
