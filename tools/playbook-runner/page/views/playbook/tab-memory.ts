/** What was chosen in the tabs of a playbook, for when they are opened again. */
import { createContext, type Dispatch, type SetStateAction, use } from 'react';
import type { EventLine } from '../../../src/wire/live.js';
import { type EventFilter, type Held, NO_EVENT_FILTER } from '../events/event-filter.js';
import { type LogFilter, NO_LOG_FILTER } from '../logs/log-text.js';

export interface TabMemory {
  readonly events: {
    readonly filter: EventFilter;
    /** The events that stand still since Pause was pressed; null where it is not. */
    readonly pausedOn: Held<EventLine>;
  };
  readonly logs: { readonly filter: LogFilter };
}

export const NOTHING_CHOSEN: TabMemory = {
  events: { filter: NO_EVENT_FILTER, pausedOn: null },
  logs: { filter: NO_LOG_FILTER },
};

/** Provided by what outlives the tabs. */
export const TabMemories = createContext<readonly [TabMemory, Dispatch<SetStateAction<TabMemory>>]>([
  NOTHING_CHOSEN,
  () => undefined,
]);

/** Like useState, for a tab whose choices are to be there when it is opened again. */
export function useTabMemory<Tab extends keyof TabMemory>(
  tab: Tab,
): readonly [TabMemory[Tab], (choices: Partial<TabMemory[Tab]>) => void] {
  const [memories, setMemories] = use(TabMemories);
  return [memories[tab], (choices) => setMemories((before) => ({ ...before, [tab]: { ...before[tab], ...choices } }))];
}
