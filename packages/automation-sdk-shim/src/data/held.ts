import { FolderHeldError } from '../errors.js';
import type { Holder } from './holder.js';

/** The refusal to work in a store that `holder` has; undefined where nobody has said who it is. */
export function heldBy(store: string, holder: Holder | undefined, wayOut: string): FolderHeldError {
  const who =
    holder === undefined
      ? 'another process, which has not said who it is'
      : `the process ${holder.pid} on the host ${holder.host} since ${holder.since}`;
  return new FolderHeldError(
    `The ${store} is held by ${who}. Two processes would send everything twice: stop that one, or give this one a folder of its own (${wayOut}).`,
  );
}
