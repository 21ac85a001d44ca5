import { useEffect, useSyncExternalStore } from 'react';
import { LivePoll } from './live-poll.js';
import type { LiveState } from './live-state.js';

/** The page's only one: `live.refresh()` after a call that changes something. */
export const live = new LivePoll();

/** What the page knows of the runner, once a second. */
export function useLive(): LiveState {
  return useSyncExternalStore(live.subscribe, () => live.state);
}

/**
 * A part of it: drawn again only where that part has become another object. `select` must return what is in the state.
 */
export function useLiveValue<Value>(select: (state: LiveState) => Value): Value {
  return useSyncExternalStore(live.subscribe, () => select(live.state));
}

/** Asks for everything about a playbook while the component is to be seen. */
export function useWatched(id: string): void {
  useEffect(() => {
    live.watch(id);
    return () => live.watch(null);
  }, [id]);
}
