import { afterEach, jest } from '@jest/globals';

const reallySetTimeout = globalThis.setTimeout;

afterEach(() => {
  jest.restoreAllMocks();
});

/** Longer timers are limits for an answer, not waits between two tries. */
const maxWaitMs = 60_000;
const maxRequestedMs = 600_000;

/**
 * Lets every wait of the code under test end at once, until the test ends. Waits by node:timers are not touched.
 * @returns how long the waits were meant to be, in milliseconds, as they come
 */
export function skipWaits(): readonly number[] {
  return skip(maxWaitMs);
}

/** The same for waits of up to ten minutes: limits for an answer end at once, too, where none comes. */
export function skipLongWaits(): readonly number[] {
  return skip(maxRequestedMs);
}

function skip(maxMs: number): readonly number[] {
  const waits: number[] = [];
  jest.spyOn(globalThis, 'setTimeout').mockImplementation((callback: () => void, waitMs = 0) => {
    if (waitMs > maxMs) return reallySetTimeout(callback, waitMs);
    waits.push(waitMs);
    return reallySetTimeout(callback, 0);
  });
  return waits;
}
