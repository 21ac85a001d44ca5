import { type ReactNode, useState } from 'react';
import type { LivePlaybook } from '../../../src/wire/live.js';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { useLive, useWatched } from '../../api/live.js';
import { stateWords } from './state-story.js';
import { Tabs } from '../../parts/tabs.js';
import { useTitle } from '../../shell/use-title.js';
import { ViewHeading } from '../../shell/view-heading.js';
import { ConfigurationView } from '../configuration/configuration-view.js';
import { EventsView } from '../events/events-view.js';
import { UnknownAddress } from '../library/unknown-address.js';
import { LogsView } from '../logs/logs-view.js';
import { OverviewView } from '../overview/overview-view.js';
import type { PlaybookViewProps } from '../playbook-view-props.js';
import { SimulationView } from '../simulation/simulation-view.js';
import { TroubleNotice } from '../simulation/trouble-notice.js';
import { PlaybookHeader } from './playbook-header.js';
import { StateNotice } from './state-notice.js';
import { NOTHING_CHOSEN, TabMemories } from './tab-memory.js';
import { type TabId, tabItems, tabLabel, tabOf } from './tabs.js';
import './playbook.css';

interface PlaybookViewAddress {
  readonly id: string;
  readonly tab: string | undefined;
}

const views: Record<TabId, (props: PlaybookViewProps) => ReactNode> = {
  overview: OverviewView,
  events: EventsView,
  logs: LogsView,
  configuration: ConfigurationView,
  simulation: SimulationView,
};

/** A playbook: what it is and does, and one of its tabs. */
export function PlaybookView({ id, tab }: PlaybookViewAddress) {
  useWatched(id);
  const { playbooks, playbook: live, nowMs } = useLive();
  if (playbooks === null) return null;
  const playbook = playbooks.find((one) => one.id === id);
  if (!playbook) return <UnknownAddress title="There is no such playbook" />;
  return (
    <KnownPlaybook playbook={playbook} live={live?.id === id ? live : null} nowMs={nowMs} tab={tabOf(tab, playbook)} />
  );
}

interface KnownPlaybookProps {
  readonly playbook: PlaybookSummary;
  readonly live: LivePlaybook | null;
  readonly nowMs: number;
  readonly tab: TabId;
}

function KnownPlaybook({ playbook, live, nowMs, tab }: KnownPlaybookProps) {
  useTitle(playbook.name, stateWords(playbook).words, tabLabel(tab));
  const memories = useState(NOTHING_CHOSEN);
  const View = views[tab];
  return (
    <div className="view">
      <PlaybookHeader playbook={playbook} nowMs={nowMs} />
      <div className="playbook-notices">
        <StateNotice playbook={playbook} tab={tab} nowMs={nowMs} />
        {tab !== 'simulation' && <TroubleNotice playbook={playbook} live={live} />}
      </div>
      <Tabs label="Views of the playbook" items={tabItems(playbook)} current={tab} />
      <div key={tab} className="playbook-tab">
        <ViewHeading level={2} hidden>
          {tabLabel(tab)}
        </ViewHeading>
        <TabMemories value={memories}>
          <View playbook={playbook} live={live} />
        </TabMemories>
      </div>
    </div>
  );
}
