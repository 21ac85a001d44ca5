import type { Overview, Sample, Totals } from '../../../src/wire/live.js';
import { durationFigure, formatCount, formatDuration } from '../../format/format.js';
import { Figure, Figures, Panel } from '../../parts/layout.js';
import { cutFirstSentence } from '../playbook/state-story.js';
import { classNames } from '../../parts/buttons.js';
import { countAxisEnd, durationAxisEnd } from './chart-data.js';
import { LiveChart } from './live-chart.js';
import { EmptyState, Notice } from '../../parts/notices.js';
import { useLiveValue } from '../../api/live.js';
import type { PlaybookViewProps } from '../playbook/view-props.js';
import './overview.css';
import { PassesPanel } from './passes-panel.js';

const UNKNOWN = { value: '–' };

function KeyFigures({ overview }: { readonly overview: Overview }) {
  const { eventsLastMinute, lagSeconds, totals, audit, health } = overview;
  return (
    <Panel title="Now">
      <Figures>
        <Figure label="Last minute" value={formatCount(eventsLastMinute)} help="events that arrived" />
        <Figure
          label="Lag"
          {...(lagSeconds === null ? UNKNOWN : durationFigure(lagSeconds))}
          help="all mail received up to this long ago has been read"
        />
        <Figure label="Delivered" value={formatCount(totals.delivered)} help="since the runner was started" />
        {audit && (
          <>
            <Figure label="Missing" value={formatCount(audit.missing)} help="shown by the tenant, not here yet" />
            <Figure
              label="Repeated"
              value={formatCount(audit.repeated)}
              help="arrived more than once"
              {...(audit.repeated > 0 && { tone: 'bad' })}
            />
          </>
        )}
        <Figure label="Health" {...healthFigure(health)} />
      </Figures>
    </Panel>
  );
}

function healthFigure(health: Overview['health']) {
  if (health === null) return { ...UNKNOWN, help: 'nothing answers' };
  if (health.healthy) return { value: 'Good', tone: 'good', help: 'no problems reported' } as const;
  const [reason] = cutFirstSentence(health.reasons[0] ?? 'The trigger names no reason.');
  // As high as the other figures' words. The panel below shows the full text.
  return { value: 'Bad', tone: 'bad', help: <span className="two-lines">{reason}</span> } as const;
}

/** From this share on the bar warns: the trigger will have to wait soon. */
const NEARLY = 0.9;

function QuotaPanel({ quota }: { readonly quota: Overview['quota'] }) {
  const share = quota === null ? 0 : Math.min(1, quota.used / quota.limit);
  return (
    <Panel title="Quota" help="Requests to Microsoft Graph in the last five minutes, of those that the settings allow.">
      {quota === null ? (
        <p className="quota-text">
          Counted while Microsoft Graph is read. The Reporting Web Service has no such limit.
        </p>
      ) : (
        <>
          <div
            className={classNames('quota-bar', share >= NEARLY && 'quota-nearly')}
            role="meter"
            aria-label="Quota used"
            aria-valuemin={0}
            aria-valuemax={quota.limit}
            aria-valuenow={quota.used}
          >
            <div className="quota-used" style={{ width: `${share * 100}%` }} />
          </div>
          <p className="quota-text">
            {formatCount(quota.used)} of {formatCount(quota.limit)} requests used,{' '}
            {formatCount(Math.max(0, quota.limit - quota.used))} left.
          </p>
        </>
      )}
    </Panel>
  );
}

interface LiveChartsProps {
  readonly overview: Overview;
  readonly samples: readonly Sample[];
  readonly nowMs: number;
}

const eventsPerMinute = (sample: Sample): number => sample.eventsPerMinute;
const lagSeconds = (sample: Sample): number | null => sample.lagSeconds;

function LiveCharts({ overview, samples, nowMs }: LiveChartsProps) {
  const shared = { samples, nowMs };
  return (
    <div className="overview-pair">
      <LiveChart
        title="Events a minute"
        valueOf={eventsPerMinute}
        now={overview.eventsLastMinute}
        axisEnd={countAxisEnd}
        formatValue={formatCount}
        {...shared}
      />
      <LiveChart
        title="Lag"
        valueOf={lagSeconds}
        now={overview.lagSeconds}
        axisEnd={durationAxisEnd}
        formatValue={formatDuration}
        {...shared}
      />
    </div>
  );
}

const LINES: readonly (readonly [name: keyof Totals, label: string, meaning: string])[] = [
  ['rowsRead', 'Rows read', 'answered by Microsoft, repeats included'],
  ['delivered', 'Delivered', 'events that the intake has acknowledged'],
  ['lateRows', 'Late rows', 'appeared after their time had been read, and were found again'],
  ['statusChanges', 'Status changes', 'rows sent again because their status had changed'],
  ['repeatsSuppressed', 'Repeats suppressed', 'rows read again that were known: not sent twice'],
  ['filtered', 'Filtered', 'rows that the rules of “Do not send” and “Send only” keep back'],
  ['rejected', 'Rejected', 'rows that could not be delivered; they lie in the folder “rejected”'],
  [
    'playbookRuns',
    'Playbook runs',
    'that “Run the playbook on” asked for; each is in the log, and none is started here',
  ],
  ['gapSeconds', 'Gaps', 'time that could no longer be had from Microsoft'],
  ['requests', 'Requests', 'to Microsoft, those for tokens included'],
];

/** Rows that are lost to the intake: the only totals that should stay at 0. */
const UNWANTED: ReadonlySet<keyof Totals> = new Set(['rejected', 'gapSeconds']);

function TotalsPanel({ totals }: { readonly totals: Totals }) {
  return (
    <Panel title="Totals" help="Since the runner was started, over all restarts of the trigger.">
      <dl className="totals">
        {LINES.map(([name, label, meaning]) => (
          <div key={name} className="total">
            <dt>{label}</dt>
            <dd className={UNWANTED.has(name) && totals[name] > 0 ? 'total-value total-unwanted' : 'total-value'}>
              {name === 'gapSeconds' ? formatDuration(totals[name]) : formatCount(totals[name])}
            </dd>
            <dd className="total-meaning">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function HealthPanel({ health }: { readonly health: Overview['health'] }) {
  return (
    <Panel title="Health" help="What the trigger answers when the platform asks it.">
      {health === null && <Notice>Nothing answers: the trigger does not run, or is just starting.</Notice>}
      {health?.healthy === true && <Notice tone="good">All is well.</Notice>}
      {health?.healthy === false && (
        <Notice tone="bad" title="Not healthy">
          <ul className="reasons">
            {health.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Notice>
      )}
    </Panel>
  );
}

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
