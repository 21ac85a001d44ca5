import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { createContext, type Dispatch, type SetStateAction, use } from 'react';
import type { EventLine } from '../../../src/wire/live.js';
import { type EventFilter, type Held, NO_EVENT_FILTER } from '../events/event-filter.js';
import { type LogFilter, NO_LOG_FILTER } from '../logs/log-text.js';

const labels = {
  overview: 'Overview',
  events: 'Events',
  logs: 'Trigger logs',
  configuration: 'Configuration',
  simulation: 'Simulation',
} as const;

export type TabId = keyof typeof labels;

/** `/playbooks/demo/events` */
export function playbookPath(id: string, tab: TabId | '' = 'overview'): string {
  return `/playbooks/${encodeURIComponent(id)}/${tab}`;
}

/** The tab that an address names; the overview for what is no tab of this playbook. */
export function tabOf(name: string | undefined, playbook: PlaybookSummary): TabId {
  return tabsOf(playbook).find((tab) => tab === name) ?? 'overview';
}

export function tabItems(
  playbook: PlaybookSummary,
): readonly { readonly id: TabId; readonly label: string; readonly href: string }[] {
  return tabsOf(playbook).map((id) => ({ id, label: labels[id], href: playbookPath(playbook.id, id) }));
}

export function tabLabel(id: TabId): string {
  return labels[id];
}

/** What happens in the simulated tenant concerns only those who read it. */
function tabsOf({ usesSimulatedTenant }: PlaybookSummary): readonly TabId[] {
  const ids = Object.keys(labels) as TabId[];
  return usesSimulatedTenant ? ids : ids.filter((id) => id !== 'simulation');
}

/** What was chosen in the tabs of a playbook, for when they are opened again. */

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
