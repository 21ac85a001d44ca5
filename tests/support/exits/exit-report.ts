import { describeConditions, type Conditions } from './moment.js';
import type { ExitRecord, LaneResult } from './exit-lane.js';

/** What a container runtime allows. */
const exitWithinMs = 10_000;
const bucketsMs = [500, 1_000, 2_000, 4_000, 6_000, 8_000, 10_000, Infinity] as const;

/** The exits that took too long, or whose exit code is not as documented; a sentence each. */
export function wrongExits(records: readonly ExitRecord[]): string[] {
  return records.flatMap((record) => {
    const { tookMs, exitCode, signal, moment } = record;
    const isWrong = tookMs > exitWithinMs || !endedAsDocumented(record);
    if (!isWrong) return [];
    const end = signal ?? `exit code ${exitCode ?? 'none'}`;
    const when = `${moment.signal} ${moment.afterMs} ms after ${moment.from}`;
    return [`${when}: ${end} in ${Math.round(tookMs)} ms; ${describeConditions(moment.conditions)}`];
  });
}

/**
 * 0 after a stop; 1 or SIGKILL by itself where the store or a name hung; the signal itself where
 * the process did not listen for it yet.
 */
function endedAsDocumented({ exitCode, signal, hadSpoken, moment }: ExitRecord): boolean {
  if (exitCode === 0) return true;
  if (exitCode === 1 || signal === 'SIGKILL') return mayHang(moment.conditions);
  return signal === moment.signal && !hadSpoken;
}

/** Whether a thread may wait for the system: for a file or a name. Node.js does not exit before that is over. */
function mayHang({ storage, microsoft, intake }: Conditions): boolean {
  return storage !== 'fine' || microsoft === 'unresolved' || intake === 'unresolved';
}

/** How long exits took, as a line for each span, with the share of the whole. */
function distribution(records: readonly ExitRecord[]): string {
  const lines = bucketsMs.map((maxMs, index) => {
    const leastMs = bucketsMs[index - 1] ?? 0;
    const count = records.filter(({ tookMs }) => tookMs > leastMs && tookMs <= maxMs).length;
    const span = maxMs === Infinity ? `over ${leastMs / 1000} s` : `up to ${maxMs / 1000} s`;
    return `  ${span.padEnd(12)} ${String(count).padStart(4)} ${'#'.repeat(Math.ceil((60 * count) / records.length))}`;
  });
  return lines.join('\n');
}

/** All lanes together. */
export function exitReport(results: readonly LaneResult[]): string {
  const records = results.flatMap((result) => result.records);
  const codes = new Map<string, number>();
  for (const { exitCode, signal } of records) {
    const end = signal ?? `exit code ${exitCode ?? 'none'}`;
    codes.set(end, (codes.get(end) ?? 0) + 1);
  }
  const sum = (count: (result: LaneResult) => number) => results.reduce((total, result) => total + count(result), 0);
  const repeated = results.flatMap((result) => [...result.repeated]);
  const ends = [...codes].map(([end, count]) => `${end} ${count}`).join(', ');
  return [
    `${records.length} exits: ${ends}; rows ${sum(({ rows }) => rows)}, lost ${sum(({ missing }) => missing)}`,
    `repeated: ${repeated.map(([cause, events]) => `${cause} ${events}`).join(', ') || 'none'}`,
    distribution(records),
    ...wrongExits(records).map((sentence) => `  WRONG: ${sentence}`),
    '',
  ].join('\n');
}
