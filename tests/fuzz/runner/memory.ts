import { readFileSync, writeFileSync } from 'node:fs';

/** Resets what Linux remembers as the largest size of the process; elsewhere nothing. */
export function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Without it growth beyond all earlier inputs is seen, which is a part of it.
  }
}

/** The largest size of the process since `forgetPeak`, in bytes of memory. */
export function peakBytes(): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return Number(kib) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

const MS_PER_TICK = 10;

/** What a process has used of a processor so far, in milliseconds; 0 where the system does not tell. */
export function cpuMsOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid ?? 'self'}/stat`, 'utf8');
    // The command before, in parentheses, may itself have blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return 0;
  }
}
