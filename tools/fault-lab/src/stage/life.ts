import type { Exit } from '@local/playbook-runner';

/** One process of the module, from its start to its end. */
export interface ProcessRun {
  /** From 1. */
  readonly number: number;
  /** Undefined while it runs. */
  readonly ended?: {
    /** What the lab sent; undefined: the process ended by itself. */
    readonly asked: 'SIGTERM' | 'SIGKILL' | undefined;
    /** Whether SIGKILL was to follow sooner than the ten seconds that a stop may take. */
    readonly impatiently: boolean;
    readonly exit: Exit;
    /** Whether it had written anything: before that it may not have got round to listening for signals. */
    readonly hadSpoken: boolean;
    readonly diskWasFull: boolean;
    /** Whether the data folder hung then: what was acknowledged last could not be written down. */
    readonly folderHung?: boolean;
    /** From the signal to the end, where one was sent. */
    readonly tookMs?: number;
  };
}

/**
 * Whether a process ended as it should: of SIGKILL, or after SIGTERM with exit code 0. It kills itself where a file
 * operation hangs.
 */
export function endedWell({ ended }: ProcessRun): boolean {
  if (ended?.asked === undefined) return ended === undefined;
  const { asked, impatiently, hadSpoken, exit, folderHung = false } = ended;
  if (asked === 'SIGKILL') return exit.signal === 'SIGKILL';
  if (folderHung && exit.signal === 'SIGKILL') return true;
  return exit.exitCode === 0 || (impatiently && exit.signal === 'SIGKILL') || (!hadSpoken && exit.signal === 'SIGTERM');
}

/** What a container runtime allows a stop to take. */
const STOP_WITHIN_MS = 10_000;

/** Whether a process that was told to stop did so in time. */
export function endedInTime({ ended }: ProcessRun): boolean {
  return ended?.asked !== 'SIGTERM' || (ended.tookMs ?? 0) <= STOP_WITHIN_MS;
}
