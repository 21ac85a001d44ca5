import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { cards } from '../../cards.js';
import { countOf, formatDuration } from '../../format/format.js';
import { ActionButton } from '../../parts/buttons.js';
import { Notice, StatePill } from '../../parts/notices.js';
import { Tabs, Time } from '../../parts/layout.js';
import { useAction, useTitle, ViewHeading } from '../../shell/view.js';
import { blamesSettings, cutFirstSentence, stateWords, tellRestart, triggerAction } from './state-story.js';
import { type ReactNode, useState } from 'react';
import '../overview/disclosure.css';
import { Link } from 'wouter';
import { NOTHING_CHOSEN, playbookPath, type TabId, tabItems, tabLabel, TabMemories, tabOf } from './tabs.js';
import type { LivePlaybook } from '../../../src/wire/live.js';
import { useLive, useWatched } from '../../api/live.js';
import { ConfigurationView } from '../configuration/configuration-view.js';
import { EventsView } from '../events/events-view.js';
import { UnknownAddress } from '../library/library-view.js';
import { LogsView } from '../logs/logs-view.js';
import { OverviewView } from '../overview/overview-view.js';
import type { PlaybookViewProps } from './view-props.js';
import { SimulationView } from '../simulation/simulation-view.js';
import { TroubleNotice } from '../simulation/audit-panel.js';
import './playbook.css';

interface PlaybookHeaderProps {
  readonly playbook: PlaybookSummary;
  readonly nowMs: number;
}

function PlaybookHeader({ playbook, nowMs }: PlaybookHeaderProps) {
  const { name, trigger, state, startedAtMs, restarts, needsRestart } = playbook;
  return (
    <div className="playbook-header">
      <img src="/logo.svg" alt="" width="56" height="56" className="playbook-logo" />
      <div className="playbook-words">
        <h1 className="view-title playbook-name two-lines" title={name}>
          {name}
        </h1>
        <p className="playbook-trigger">{cards.get(trigger)?.name ?? trigger}</p>
        <div className="playbook-facts">
          <StatePill playbook={playbook} />
          {/* A process may still run when the trigger has said that it cannot go on: its age would say the contrary. */}
          {startedAtMs !== null && state.name !== 'trigger-crashed' && (
            <span>
              up {formatDuration((nowMs - startedAtMs) / 1000)}
              <span className="playbook-since">
                , since <Time atMs={startedAtMs} focusable />
              </span>
            </span>
          )}
          {restarts > 0 && <span>{countOf(restarts, 'restart')}</span>}
          {needsRestart && <span>Saved settings take effect at the next start.</span>}
        </div>
      </div>
      <TriggerButton playbook={playbook} />
    </div>
  );
}

/** Start or Stop, never both. */
function TriggerButton({ playbook: { id, state } }: { readonly playbook: PlaybookSummary }) {
  const { busy, run } = useAction();
  const action = triggerAction(state);
  if (action === 'start') {
    return (
      <ActionButton
        kind="primary"
        busy={busy}
        disabled={state.name === 'configuration-issues'}
        onClick={() => run(() => api.start(id))}
      >
        Start
      </ActionButton>
    );
  }
  return (
    <ActionButton busy={busy || action === 'none'} onClick={() => run(() => api.stop(id))}>
      {action === 'none' ? 'Stopping' : 'Stop'}
    </ActionButton>
  );
}

interface ReasonProps {
  /** As the trigger says it. */
  readonly message: string;
  /** What follows from it. */
  readonly children?: ReactNode;
}

/** What is wrong: its first sentence, what follows, and the other sentences for those who want them. */
function Reason({ message, children }: ReasonProps) {
  const [first, rest] = cutFirstSentence(message);
  return (
    <>
      <p>{first}</p>
      {children}
      {rest !== '' && (
        <details className="disclosure">
          <summary>Read on</summary>
          <p>{rest}</p>
        </details>
      )}
    </>
  );
}

interface StateNoticeProps {
  readonly playbook: PlaybookSummary;
  readonly tab: TabId;
  readonly nowMs: number;
}

/** Says what keeps the trigger from running, or from running well, where something does. */
function StateNotice({ playbook, tab, nowMs }: StateNoticeProps) {
  const { id, state, complaint } = playbook;
  const configuration = playbookPath(id, 'configuration');
  const isAtConfiguration = tab === 'configuration';
  if (state.name === 'trigger-crashed') {
    return (
      <Notice tone="bad" title={state.restartAtMs === null ? 'The trigger cannot go on' : 'Trigger crashed'}>
        <Reason message={state.why}>
          {blamesSettings(state.why) && !isAtConfiguration && (
            <p>
              <Link href={configuration}>Correct the configuration</Link>
            </p>
          )}
          {/* Counts down: no status, which would be read aloud every second. */}
          <p>{tellRestart(state.restartAtMs, nowMs)}</p>
        </Reason>
      </Notice>
    );
  }
  if (state.name === 'configuration-issues') {
    return (
      <Notice tone="caution" title="Configuration issues">
        Settings are missing or wrong. Correct them{' '}
        {isAtConfiguration ? (
          'below'
        ) : (
          <>
            in the <Link href={configuration}>configuration</Link>
          </>
        )}
        , then start the trigger.
      </Notice>
    );
  }
  if (state.name === 'running' && complaint !== null) {
    return (
      <Notice tone="caution" title={stateWords(playbook).words}>
        <Reason message={complaint} />
      </Notice>
    );
  }
  return null;
}

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
