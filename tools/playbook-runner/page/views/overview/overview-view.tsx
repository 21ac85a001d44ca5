import { useLiveValue } from '../../api/live.js';
import { EmptyState } from '../../parts/empty-state.js';
import { Notice } from '../../parts/notice.js';
import type { PlaybookViewProps } from '../playbook-view-props.js';
import { HealthPanel } from './health-panel.js';
import { KeyFigures } from './key-figures.js';
import { LiveCharts } from './live-charts.js';
import './overview.css';
import { PassesPanel } from './passes-panel.js';
import { QuotaPanel } from './quota-panel.js';
import { TotalsPanel } from './totals-panel.js';

/** What the trigger does, at a glance. */
export function OverviewView({ playbook, live }: PlaybookViewProps) {
  const nowMs = useLiveValue((state) => state.nowMs);
  if (live === null) return null;
  const { overview, samples } = live;
  const isUnhealthy = overview.health?.healthy === false;
  if (playbook.startedAtMs === null && overview.totals.requests === 0) {
    return (
      <EmptyState title="Nothing has been collected yet">
        {playbook.state.name === 'configuration-issues'
          ? 'Fill in the configuration, then start the trigger to see how fast events arrive, how far each pass has read and whether all is well.'
          : 'Start the trigger to see how fast events arrive, how far each pass has read and whether all is well.'}
      </EmptyState>
    );
  }
  return (
    <div className="overview">
      {overview.intake !== 'own' && (
        <Notice title="The events go to another intake">
          They are delivered to {overview.intake.address}, as the settings say. The runner does not see them: the list
          of events stays empty.
        </Notice>
      )}
      <KeyFigures overview={overview} />
      {isUnhealthy && <HealthPanel health={overview.health} />}
      <LiveCharts overview={overview} samples={samples} nowMs={nowMs} />
      <PassesPanel state={overview} runs={playbook.startedAtMs !== null} nowMs={nowMs} />
      <TotalsPanel totals={overview.totals} />
      <div className="overview-pair">
        {!isUnhealthy && <HealthPanel health={overview.health} />}
        <QuotaPanel quota={overview.quota} />
      </div>
    </div>
  );
}
