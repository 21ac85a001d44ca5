import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import type { PairResult } from './pair-result.js';
import type { ProfileResult } from './profile.js';
import type { DelayResult, IdleResult, MemoryResult, RequestsResult, StartResult } from './single-runs.js';
import type { Api } from './tenant-messages.js';

/** What the numbers depend on. No name of the machine and no path. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
}

export interface ByApi {
  /** By the name of the variant. */
  readonly 'first-read'?: Readonly<Record<string, PairResult>>;
  readonly 're-read'?: PairResult;
  readonly start?: StartResult;
  readonly idle?: IdleResult;
  readonly delay?: DelayResult;
  readonly memory?: readonly MemoryResult[];
  readonly requests?: RequestsResult;
  readonly profile?: ProfileResult;
}

export interface Results {
  readonly machine: Machine;
  /** When the last measurement was made. */
  readonly takenAt: string;
  readonly apis: Readonly<Partial<Record<Api, ByApi>>>;
}

export function machine(): Machine {
  const processors = cpus();
  return { processor: processors[0]?.model.trim() ?? 'unknown', cores: processors.length, node: process.version };
}

/** The results of a file, or none yet; those of another machine or another Node.js are not gone on with. */
export async function readResults(path: string): Promise<Results> {
  const none: Results = { machine: machine(), takenAt: new Date().toISOString(), apis: {} };
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return none;
  const results = JSON.parse(text) as Results;
  if (JSON.stringify(results.machine) === JSON.stringify(none.machine)) return results;
  process.stderr.write(`${path} is of another machine or Node.js: its results are left out.\n`);
  return none;
}

/** At once, so that two measurements that end together do not write over each other. */
export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** The results with what was measured of an API, in place of what was measured there before. */
export function withMeasured(results: Results, api: Api, measured: ByApi): Results {
  const before = results.apis[api];
  const firstRead = { ...before?.['first-read'], ...measured['first-read'] };
  const all = { ...before, ...measured, ...(Object.keys(firstRead).length > 0 && { 'first-read': firstRead }) };
  return { ...results, takenAt: new Date().toISOString(), apis: { ...results.apis, [api]: all } };
}
