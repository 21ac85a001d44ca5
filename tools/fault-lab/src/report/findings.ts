import type { AuditReport } from '@local/playbook-runner';
import type { RowsFound } from '../books/find-lost.js';
import type { ExplainedRepeats } from '../books/explain-repeats.js';
import { endedInTime, endedWell, type ProcessRun } from '../stage/life.js';
import type { Violation } from '../status/status-watch.js';

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
  report(Math.abs(uncounted), `The books count ${uncounted} repeats more than the journal: the lab itself is wrong.`);
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
