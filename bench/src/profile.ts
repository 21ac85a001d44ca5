import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backlogOf, catchUpSettings } from './pairs.js';
import { module } from './processes.js';
import type { Context } from './single-runs.js';
import { measure, report, withFolder } from './runs.js';
import { TenantProcess } from './tenant-process.js';

const SHOWN = 10;
const IDLE = new Set(['(idle)', '(program)', '(root)']);

export interface ProfileLine {
  readonly name: string;
  /** Of the time in which the process was busy, in the function itself. */
  readonly share: number;
}

export interface ProfileResult {
  readonly rows: number;
  readonly lines: readonly ProfileLine[];
}

/** The format of V8, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Which functions take the time of a first reading: a run apart, since a profile costs something, too. */
export function measureProfile({ api }: Context, rows: number): Promise<ProfileResult> {
  return withFolder(async (folder) => {
    const backlog = backlogOf(rows);
    const tenant = await TenantProcess.start({ api, backlog });
    try {
      const settings = catchUpSettings(backlog, { format: 'normalized', gzip: false });
      const nodeArguments = ['--cpu-prof', '--cpu-prof-dir', folder];
      await measure(tenant, module({ settings, nodeArguments }), { end: { events: rows, rows } });
    } finally {
      await tenant.stop();
    }
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'));
    if (file === undefined) throw new Error('The module has written no CPU profile.');
    const lines = topOf(JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile);
    report(`profile, ${api}`, 1, 1, lines[0] && `${lines[0].name} ${(lines[0].share * 100).toFixed(0)} %`);
    return { rows, lines };
  });
}

/** The functions with the largest self time. */
export function topOf({ nodes, samples, timeDeltas }: CpuProfile): ProfileLine[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame.functionName, callFrame.url)]));
  const selfTime = new Map<string, number>();
  let busy = 0;
  for (const [at, node] of samples.entries()) {
    const name = names.get(node) ?? '';
    const delta = timeDeltas[at] ?? 0;
    if (IDLE.has(name)) continue;
    busy += delta;
    selfTime.set(name, (selfTime.get(name) ?? 0) + delta);
  }
  return [...selfTime]
    .sort(([, one], [, other]) => other - one)
    .slice(0, SHOWN)
    .map(([name, time]) => ({ name, share: time / busy }));
}

/** Of the module's bundle without the hash that changes with each build, and without a path. */
function nameOf(functionName: string, url: string): string {
  const file = url.startsWith('node:') ? url : (url.split('/').at(-1) ?? '').replace(/-[\w-]{8}(?=\.js$)/, '');
  const name = functionName === '' ? '(anonymous)' : functionName;
  return file === '' ? name : `${name} (${file})`;
}
