import { LockHeldError } from '../errors.js';
import type { LockOwner } from './holder.js';

/** The refusal to work in a store that `holder` has; undefined where nobody has said who it is. */
export function heldBy(store: string, lockOwner: LockOwner | undefined, wayOut: string): LockHeldError {
  const who =
    lockOwner === undefined
      ? 'another process, which has not said who it is'
      : `the process ${lockOwner.pid} on the host ${lockOwner.host} since ${lockOwner.since}`;
  return new LockHeldError(
    `The ${store} is held by ${who}. Two processes would send everything twice: stop that one, or give this one a folder of its own (${wayOut}).`,
  );
}
