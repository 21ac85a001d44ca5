import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from '@local/testbed';
import type { Program, Start } from './processes.js';
import type { Counts, End } from './tenant-messages.js';
import type { TenantProcess } from './tenant-process.js';
import type { Usage } from './usage.js';

/** A run on a loaded machine may take its time; one that hangs must end. */
const MAX_RUN_MS = 30 * 60_000;
/** The system counts a process's time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** What one run of one process has used and done. */
export interface Run extends Usage {
  /** User and system time until the API got its first request. */
  readonly startCpuSeconds: number;
  /** From starting the process to the API's first request. */
  readonly firstRequestMs: number;
  readonly seconds: number;
  readonly counts: Counts;
}

/** A folder of its own for `use`, removed in the end. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const forget = atExit(() => rmSync(folder, { recursive: true, force: true }));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    forget();
  }
}

/** User and system time that a running process has used, with its threads. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything. After it, utime and stime are the 12th and 13th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** What happens with a program while it runs. */
export interface While {
  /** When it has done enough. Default: when it ends by itself. */
  readonly end?: End;
  /** What comes after that, before it is stopped. */
  readonly then?: (program: Program) => Promise<void>;
}

/** Runs a program from its start to its end, and says what that took. @throws where it fails, with its last output. */
export function measure(tenant: TenantProcess, start: Start, { end, then }: While = {}): Promise<Run> {
  return withFolder(async (folder) => {
    const usageFile = join(folder, 'usage.json');
    const dataFolder = join(folder, 'data');
    await mkdir(dataFolder);
    const { firstRequest, done } = tenant.begin(end);
    const [startedMs, startedAt] = [Date.now(), performance.now()];
    const program = await start(tenant, usageFile, dataFolder);
    try {
      const exit = program.exited.then(({ exitCode, signal }) => {
        if (exitCode !== 0 || end !== undefined) throw failure(program, `ended with ${signal ?? exitCode}`);
      });
      exit.catch(() => undefined);
      const firstRequestMs = (await withinTime(program, Promise.race([firstRequest, failed(exit)]))) - startedMs;
      const startCpuSeconds = await cpuSecondsOf(program.pid);
      await withinTime(program, end === undefined ? exit : Promise.race([done, exit]));
      await then?.(program);
      const seconds = (performance.now() - startedAt) / 1000;
      const stopped = await program.stop();
      if (stopped.exitCode !== 0)
        throw failure(program, `was stopped, and ended with ${stopped.signal ?? stopped.exitCode}`);
      const usage = JSON.parse(await readFile(usageFile, 'utf8')) as Usage;
      return { ...usage, startCpuSeconds, firstRequestMs, seconds, counts: await tenant.counts() };
    } finally {
      await program.stop('SIGKILL');
    }
  });
}

/** Never fulfilled: an end before the first request is a failure. */
async function failed(exit: Promise<void>): Promise<never> {
  await exit;
  throw new Error('A measured process ended before its first request.');
}

async function withinTime<Result>(program: Program, promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(failure(program, `was not done within ${MAX_RUN_MS / 60_000} minutes`)),
      MAX_RUN_MS,
    );
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function failure(program: Program, what: string): Error {
  return new Error(`${program.name} ${what}. Its last output:\n${program.output()}`);
}

/** Says on standard error how far a measurement has come, and what the last step found. */
export function report(what: string, done: number, of: number, found?: string): void {
  const step = done > 0 ? ` ${done}/${of}` : '';
  const result = found === undefined ? '' : `: ${found}`;
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}${step}${result}\n`);
}
