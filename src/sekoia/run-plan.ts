/** Which playbook run is due: a pure decision. Its reasons are in docs/adr/0032-playbook-runs.md. */

/** Starts are counted in any stretch of this length. */
export const RATE_WINDOW_MS = 60_000;
/** Rows that one run carries, so that its payload stays below 300 kB. */
export const MAX_ROWS_A_RUN = 100;

export interface RunHistory {
  /** Rows that wait for their run, those of an unfinished run included. */
  readonly owed: number;
  /** Rows of a run that was sent, and of which it is not known whether the platform took it. 0: there is none. */
  readonly unfinished: number;
  /** When runs were sent, in milliseconds since 1970. */
  readonly startsMs: readonly number[];
}

export interface RunLimits {
  readonly maxRunsAMinute: number;
  /** Default: `MAX_ROWS_A_RUN`. */
  readonly maxRows?: number;
}

/** `run`: with so many of the owed rows, oldest first. `wait`: `Infinity` where nothing is owed. */
export type RunPlan =
  { readonly kind: 'run'; readonly rows: number } | { readonly kind: 'wait'; readonly untilMs: number };

/**
 * A row has a run of its own while there are as many free starts as rows. Where there are fewer, the rows share them
 * evenly. An unfinished run comes first, with the same rows, so that the platform can tell that it is the same.
 */
export function planRun({ owed, unfinished, startsMs }: RunHistory, limits: RunLimits, nowMs: number): RunPlan {
  if (owed === 0) return { kind: 'wait', untilMs: Infinity };
  const { maxRunsAMinute, maxRows = MAX_ROWS_A_RUN } = limits;
  const recent = recentStarts(startsMs, nowMs);
  const free = maxRunsAMinute - recent.length;
  if (free <= 0) return { kind: 'wait', untilMs: (recent.at(-maxRunsAMinute) ?? nowMs) + RATE_WINDOW_MS };
  if (unfinished > 0 && unfinished <= maxRows) return { kind: 'run', rows: unfinished };
  return { kind: 'run', rows: Math.min(Math.ceil(owed / free), maxRows) };
}

/**
 * The starts that still count, oldest first. One in the future was noted by a clock that has been set back since: it
 * counts as now, so that it delays no run by more than a minute.
 */
export function recentStarts(startsMs: readonly number[], nowMs: number): number[] {
  return startsMs
    .map((startMs) => Math.min(startMs, nowMs))
    .filter((startMs) => startMs > nowMs - RATE_WINDOW_MS)
    .sort((one, other) => one - other);
}
