import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import type { TabItem } from '../../parts/tab-item.js';

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

export function tabItems(playbook: PlaybookSummary): readonly TabItem[] {
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
