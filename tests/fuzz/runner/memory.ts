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
