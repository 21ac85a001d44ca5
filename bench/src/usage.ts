// Loaded into each measured process before its own code: writes what the process has used, when it exits. The system's
// own account of it (resourceUsage) has microseconds, and counts all threads and the start.
import { readFileSync, writeFileSync } from 'node:fs';

export interface Usage {
  /** User and system time of the whole process. */
  readonly cpuSeconds: number;
  /** The largest resident set (VmHWM). */
  readonly peakBytes: number;
}

const file = process.env['BENCH_USAGE'];
if (file !== undefined) {
  delete process.env['BENCH_USAGE'];
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const status = readFileSync('/proc/self/status', 'utf8');
    const usage: Usage = {
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      peakBytes: Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024,
    };
    writeFileSync(file, JSON.stringify(usage));
  });
}
