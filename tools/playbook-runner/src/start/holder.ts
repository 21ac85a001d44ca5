import { readFileSync } from 'node:fs';
import { isAlive } from '../runner/is-alive.js';

/** A process that has taken a folder. */
export interface LockOwner {
  readonly pid: number;
  /**
   * When the process was started, in clock ticks since the machine was: a number is given to another process once it is
   * free. Undefined where the system does not tell.
   */
  readonly started: string | undefined;
}

export function thisProcess(): LockOwner {
  return { pid: process.pid, started: startOf(process.pid) };
}

/** A line `<pid> <started>`, or `<pid>` alone. */
export function renderLockOwner({ pid, started }: LockOwner): string {
  return started === undefined ? `${pid}\n` : `${pid} ${started}\n`;
}

/** Undefined where the text names no process. */
export function parseLockOwner(text: string): LockOwner | undefined {
  const [, pid, started] = /^(\d+)(?: (\d+))?$/.exec(text.trim()) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), started };
}

/**
 * Whether it runs still. One known by its number alone is never this process: in containers the next one often has the
 * same.
 */
export function isRunning({ pid, started }: LockOwner): boolean {
  if (started !== undefined) return startOf(pid) === started;
  return pid > 0 && pid !== process.pid && isAlive(pid);
}

/** Undefined where no such process runs, or where there is no /proc. @see proc_pid_stat(5) */
function startOf(pid: number): string | undefined {
  // The second field, the name of the program, stands in parentheses and may have blanks and parentheses in it.
  const fields = readOrNothing(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : started;
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
