/**
 * - `ok`: nothing is wrong.
 * - `degraded`: something fails that may pass by itself.
 * - `misconfigured`: a person must change a setting or a credential.
 */
export type Status = 'ok' | 'degraded' | 'misconfigured';

/** What is wrong with one matter. */
export interface Problem {
  readonly status: Exclude<Status, 'ok'>;
  /** A sentence, or a few. */
  readonly reason: string;
  /** Since 1970, as all times here. */
  readonly sinceMs: number;
}

/** All that is known when the module's status is requested. */
export interface Facts {
  readonly nowMs: number;
  /** By matter, such as `intake`. The code that works on a matter reports its problem, and that it is over. */
  readonly problems: ReadonlyMap<string, Problem>;
  /** Whether a piece of work was ever completed. */
  readonly hasWorked: boolean;
  /** When a piece of work was completed last, or events were delivered; or the start. */
  readonly workedMs: number;
  /** How often a piece of work should be completed; Infinity where that is not known. */
  readonly workEveryMs: number;
  /** Silence after which a restart may help, in ms; Infinity for none. */
  readonly mayBeQuietMs: number;
  readonly mayBeWithoutHeartbeatMs: number;
  /** When the loop's next sign of life is overdue. */
  readonly hangsAtMs: number;
}

interface Reason extends Problem {
  readonly matter: string;
}

export interface Assessment {
  readonly status: Status;
  readonly reasons: readonly Reason[];
  /** Whether a restart would not help: the answer of a liveness probe. */
  readonly isAlive: boolean;
  /** Whether the module works as it should. */
  readonly isReady: boolean;
}

/** Missed pieces of work after which silence is a problem, whatever its cause. */
const MISSED = 2;
/** What a piece of work may take besides: an answer of Microsoft's, and one of the intake's. */
const WORK_MS = 60_000;

/** The status of the module: the one place where it follows from what is known. */
export function assess(facts: Facts): Assessment {
  const reported = [...facts.problems].map(([matter, problem]): Reason => ({ matter, ...problem }));
  const lifeless = reasonsToRestart(facts);
  // A cause that is known says more than the silence that follows from it.
  const silent = reported.length + lifeless.length === 0 ? silence(facts) : [];
  const reasons = [...reported, ...lifeless, ...silent];
  const status = worst(reasons);
  return { status, reasons, isAlive: lifeless.length === 0, isReady: facts.hasWorked && status === 'ok' };
}

function worst(reasons: readonly Reason[]): Status {
  if (reasons.some(({ status }) => status === 'misconfigured')) return 'misconfigured';
  return reasons.length > 0 ? 'degraded' : 'ok';
}

/** Nothing has failed by what was reported, and yet nothing was done. */
function silence({ nowMs, workedMs, workEveryMs }: Facts): Reason[] {
  const silentMs = nowMs - workedMs;
  if (silentMs < MISSED * workEveryMs + WORK_MS) return [];
  const reason = `No work was completed for ${inSeconds(silentMs)}, and no cause is known. See the log.`;
  return [{ matter: 'progress', status: 'degraded', reason, sinceMs: workedMs }];
}

function reasonsToRestart(facts: Facts): Reason[] {
  const { nowMs, workedMs, mayBeQuietMs, mayBeWithoutHeartbeatMs, hangsAtMs } = facts;
  const silentMs = nowMs - workedMs;
  const signs: [isSign: boolean, reason: string, sinceMs: number][] = [
    [silentMs >= mayBeQuietMs, `No event was delivered and no work completed for ${inSeconds(silentMs)}.`, workedMs],
    [silentMs >= mayBeWithoutHeartbeatMs, `No heartbeat was given for ${inSeconds(silentMs)}.`, workedMs],
    [nowMs >= hangsAtMs, 'The trigger hangs: its loop shows no sign of life.', hangsAtMs],
  ];
  return signs
    .filter(([isSign]) => isSign)
    .map(([, reason, sinceMs]) => ({ matter: 'liveness', status: 'degraded', reason, sinceMs }));
}

function inSeconds(durationMs: number): string {
  return `${Math.floor(durationMs / 1_000)} s`;
}
