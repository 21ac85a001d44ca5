import { afterEach } from '@jest/globals';
import { REAL_TIMERS, type Timers } from '@sekoia/automation-sdk-shim';
import { useTimers } from './test-timers.js';

afterEach(() => {
  useTimers(REAL_TIMERS);
});

/** Until the test ends, the code under test waits by these. */
export function waitBy(timers: Timers): void {
  useTimers(timers);
}

/**
 * Lets every wait of the code under test end at once, until the test ends. Limits for an answer stay.
 * @returns how long the waits were meant to be, in milliseconds, as they come
 */
export function skipWaits(): readonly number[] {
  const waits: number[] = [];
  waitBy({
    after: (ms, then) => REAL_TIMERS.after(ms, then),
    sleep: async (ms, signal) => {
      waits.push(ms);
      await REAL_TIMERS.sleep(0, signal);
    },
  });
  return waits;
}
