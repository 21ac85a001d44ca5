import { REAL_TIMERS, type Timers } from '@sekoia/automation-sdk-shim';

let current: Timers = REAL_TIMERS;

/** The timers of all code under test: real ones, unless a test says otherwise (`fast-forward.ts`). */
export const TEST_TIMERS: Timers = {
  sleep: (ms, signal) => current.sleep(ms, signal),
  after: (ms, then) => current.after(ms, then),
};

/** From now on, the code under test waits by these. */
export function useTimers(timers: Timers): void {
  current = timers;
}
