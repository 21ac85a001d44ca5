import { endedInTime, endedWell, type ProcessRun } from '../test-bed/process-runs.js';
import { type Journal, keyOf, type Repeats, type StoredBatch } from './journal.js';
import type { AuditReport, AuditRow } from '../../audit/delivery-audit.js';
import type { RowIdentity } from '../../audit/row-identity.js';
import type { Violation } from '../status/status-watch.js';

/** What made a repeat unavoidable, or that nothing did. */
export type Cause =
  | ('kill' | 'lost acknowledgement' | 'late acknowledgement' | 'full disk' | 'hanging folder')
  | ('slow intake' | 'fewer ids' | 'unexplained');

export interface ExplainedRepeats extends Repeats {
  readonly cause: Cause;
}

export interface ProcessRunner {
  readonly lives: readonly ProcessRun[];
  readonly lastBatchOfLife: ReadonlyMap<number, StoredBatch>;
}

/**
 * Says of each repeat which event it goes back to. The module sends a chunk only when the one before has been written
 * down, so a process that ends can leave one chunk in doubt: the last one that it got stored.
 */
export function explainRepeats(
  repeats: readonly Repeats[],
  { lives, lastBatchOfLife }: ProcessRunner,
): ExplainedRepeats[] {
  return repeats.map((repeat) => {
    const { first, again } = repeat;
    if (first.number === again.number) return { ...repeat, cause: 'unexplained' };
    if (first.result === 'fault-lost-acknowledgement') return { ...repeat, cause: 'lost acknowledgement' };
    if (isTooSlow(first, again)) return { ...repeat, cause: 'slow intake' };
    // Which events have no id cannot be known: those that may be meant are sent once more.
    if (['fault-fewer-ids', 'fault-no-ids', 'half-the-ids'].includes(first.result))
      return { ...repeat, cause: 'fewer ids' };
    const isLast = again.life > first.life && lastBatchOfLife.get(first.life)?.number === first.number;
    const life = lives.find(({ number }) => number === first.life);
    return { ...repeat, cause: isLast && life !== undefined ? causeOfEnd(life, first) : 'unexplained' };
  });
}

/**
 * An answer that came after the module had given up; the batch must get smaller each time, or this goes on for ever.
 */
function isTooSlow(first: StoredBatch, again: StoredBatch): boolean {
  return first.result === 'slower-than-limit' && (again.result !== first.result || again.events < first.events);
}

function causeOfEnd({ ended }: ProcessRun, last: StoredBatch): Cause {
  if (ended?.exit.signal === 'SIGKILL') return 'kill';
  // A stop waits four seconds for the acknowledgement of a chunk, and cannot wait for room on the disk.
  const isLate = last.result === 'fault-slow' || last.result === 'slower-than-limit';
  if (ended?.asked === 'SIGTERM' && isLate) return 'late acknowledgement';
  if (ended?.asked !== undefined && ended.folderHung) return 'hanging folder';
  if (ended?.asked === 'SIGTERM' && ended.diskWasFull) return 'full disk';
  return 'unexplained';
}

/** A row of the tenant; `receivedMs` in milliseconds since 1970. */
export type ShownRow = AuditRow & { readonly receivedMs: number };

interface LostRow extends RowIdentity {
  /** Whether the intake has had it in a batch, and has neither stored nor named it. */
  readonly wasWithheld: boolean;
}

export interface RowsFound {
  /** Rows that the tenant has shown. */
  readonly rows: number;
  /** Statuses that they had, each row's last one included. */
  readonly statuses: number;
  /** Statuses that passed and were not delivered. Not a loss: the module may not have looked in the meantime. */
  readonly passedUndelivered: number;
  /** Rows whose last status was neither delivered nor set aside. */
  readonly lost: readonly LostRow[];
  /** Rows whose last status the intake has refused, and which lie in `rejected/`. */
  readonly refused: number;
  /** Rows of time that Microsoft has refused to answer for, and that the module will ask for again. */
  readonly late: number;
}

/** What the module has put down as not delivered. */
export interface PutDown {
  /** Keys of the rows in `rejected/`. */
  readonly rejected: ReadonlySet<string>;
  /** Whether the time in which a row was received is set aside. */
  readonly isSetAside: (receivedMs: number) => boolean;
}

/** What has become of the rows that the tenant has shown. */
export function findLost(
  rows: Iterable<ShownRow>,
  journal: Pick<Journal, 'holds' | 'wasWithheld'>,
  { rejected, isSetAside }: PutDown,
): RowsFound {
  const found = { rows: 0, statuses: 0, passedUndelivered: 0, refused: 0, late: 0 };
  const lost: LostRow[] = [];
  for (const { traceId, recipient, receivedMs, statuses } of rows) {
    found.rows += 1;
    found.statuses += statuses.length;
    for (const [order, { status }] of statuses.entries()) {
      const identity = { traceId, recipient, status };
      if (journal.holds(identity)) continue;
      if (order < statuses.length - 1) found.passedUndelivered += 1;
      else if (rejected.has(keyOf(identity))) found.refused += 1;
      else if (isSetAside(receivedMs)) found.late += 1;
      else lost.push({ ...identity, wasWithheld: journal.wasWithheld(identity) });
    }
  }
  return { ...found, lost };
}

/** What is known of a run at its end. */
export interface Outcome {
  readonly rows: RowsFound;
  readonly audit: AuditReport;
  readonly repeats: readonly ExplainedRepeats[];
  readonly lives: readonly ProcessRun[];
  readonly peakMemoryMiB: number;
  /** How often a secret was found, by place. */
  readonly leaks: ReadonlyMap<string, number>;
  /** Log lines by which the module says itself that something should not have happened. */
  readonly odd: number;
  /** Times at which the status was wrong. */
  readonly violations: readonly Violation[];
}

const MAX_MEMORY_MIB = 300;

/** What went wrong, a sentence each; nothing: all is well. */
export function findingsOf({ rows, audit, repeats, lives, peakMemoryMiB, leaks, odd, violations }: Outcome): string[] {
  const findings: string[] = [];
  const report = (count: number, sentence: string) => {
    if (count > 0) findings.push(sentence);
  };
  const unexplained = eventsOf(repeats.filter(({ cause }) => cause === 'unexplained'));
  const uncounted = audit.repeated - eventsOf(repeats);
  const badEnds = lives.filter((life) => !endedWell(life));
  const withheld = rows.lost.filter(({ wasWithheld }) => wasWithheld).length;
  const unnamed = withheld > 0 ? `; ${withheld} of them the intake has neither stored nor named` : '';
  report(rows.lost.length, `${rows.lost.length} rows are lost${unnamed}.`);
  report(rows.late, `${rows.late} rows are late: their time is set aside still, after 17 minutes.`);
  report(unexplained, `${unexplained} repeats have no explanation.`);
  report(
    Math.abs(uncounted),
    `The audit counts ${uncounted} repeats more than the journal: the chaos test itself is wrong.`,
  );
  report(audit.unknown, `${audit.unknown} events are of rows that the tenant never showed.`);
  report(audit.unreadable, `${audit.unreadable} events name no row.`);
  report(badEnds.length, `${badEnds.length} processes ended in a way that they should not.`);
  report(leaks.size, `A secret turned up: ${[...leaks].map(([place, times]) => `${place} (${times})`).join(', ')}.`);
  const late = lives.filter((life) => !endedInTime(life));
  report(late.length, `${late.length} processes took more than 10 s to stop.`);
  report(violations.length, `The status was wrong ${violations.length} times.`);
  report(odd, `${odd} log lines ask to be reported.`);
  if (peakMemoryMiB > MAX_MEMORY_MIB)
    findings.push(`A process took ${Math.round(peakMemoryMiB)} MiB, where ${MAX_MEMORY_MIB} are allowed.`);
  return findings;
}

export function eventsOf(repeats: readonly ExplainedRepeats[]): number {
  return repeats.reduce((sum, { events }) => sum + events, 0);
}
