import { StoreError } from '../data/store-error.js';
import { ServiceError } from '../errors.js';
import type { TriggerRecord } from '../health.js';

const MINUTE_MS = 60_000;
const ENOUGH_ERRORS = 5;
const QUIET_START_MS = 30 * MINUTE_MS;
const MAX_LIFE_MS = 5 * 24 * 60 * MINUTE_MS;

/** Whether what run() threw says something about the trigger: failures of the platform and of its storage do not. */
export function counts(thrown: unknown): boolean {
  if (thrown instanceof ServiceError) return thrown.status !== undefined && thrown.status < 500;
  return !(thrown instanceof StoreError);
}

/**
 * Whether a trigger has failed for so long that a person must know: 5 errors in a row, and no events for a fifth of
 * its life, of which 5 days count at most; but not in its first 30 minutes. The Python SDK's rule.
 */
export function isHopeless({ errorCount, aliveMs, withoutEventsMs }: TriggerRecord): boolean {
  if (errorCount < ENOUGH_ERRORS || aliveMs < QUIET_START_MS) return false;
  return withoutEventsMs >= Math.min(aliveMs, MAX_LIFE_MS) / 5;
}
