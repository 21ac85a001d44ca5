import type { DeliveryAudit, LivePlaybook } from '../../../src/wire/live.js';
import { formatCount, formatDuration } from '../../format/format.js';
import { Figure, Figures, Panel, Time } from '../../parts/layout.js';
import { Notice, type NoticeTone } from '../../parts/notices.js';
import { shownText } from '../events/event-filter.js';
import '../overview/disclosure.css';
import { type Outcome, outcomeOf, tellTroubles } from './audit-words.js';
import { Link } from 'wouter';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { useLiveValue } from '../../api/live.js';
import { playbookPath } from '../playbook/tabs.js';

const TONES: Record<Outcome['tone'], NoticeTone> = { good: 'good', waiting: 'info', wrong: 'bad' };

export function AuditPanel({ audit }: { readonly audit: DeliveryAudit }) {
  const { tone, sentence } = outcomeOf(audit);
  return (
    <Panel
      title="Delivery audit"
      help="Every row that the tenant has shown, compared with every event that has arrived: one by one, status by status."
    >
      <div className="verdict">
        <Notice tone={TONES[tone]}>{sentence}</Notice>
      </div>
      <Figures>
        <Figure label="Visible" value={formatCount(audit.visible)} help="rows that the tenant has shown" />
        <Figure label="Delivered" value={formatCount(audit.delivered)} help="events, changes of status included" />
        <Figure label="Missing" value={formatCount(audit.missing)} help={oldest(audit.oldestMissingSeconds)} />
        {audit.filtered > 0 && (
          <Figure label="Filtered" value={formatCount(audit.filtered)} help="kept back by the rules of the playbook" />
        )}
        <Figure
          label="Repeated"
          value={formatCount(audit.repeated)}
          help="arrived again, unchanged"
          {...bad(audit.repeated)}
        />
        <Figure
          label="Unknown"
          value={formatCount(audit.unknown)}
          help="never shown by the tenant"
          {...bad(audit.unknown)}
        />
        <Figure
          label="Unreadable"
          value={formatCount(audit.unreadable)}
          help="name no row"
          {...bad(audit.unreadable)}
        />
      </Figures>
      <p className="audit-time">
        Compared at <Time atMs={audit.comparedAtMs} precision="second" />
      </p>
      <Samples title="Missing rows" empty="No row is missing." samples={audit.missingSamples}>
        A row counts from the moment at which the tenant shows it. New mail is read within seconds; a row that is shown
        late, or changes its status, waits for the pass that reads its time again.
      </Samples>
      <Samples title="Repeated events" empty="No event has arrived twice." samples={audit.repeatedSamples}>
        An event may arrive twice when the trigger is killed, or an answer is lost, between the intake’s acknowledgement
        and the note of it on disk: no more than the one batch that was on its way. Both copies carry the same event.id,
        by which they can be told.
      </Samples>
    </Panel>
  );
}

interface SamplesProps {
  readonly title: string;
  readonly samples: readonly string[];
  readonly empty: string;
  readonly children: string;
}

function Samples({ title, samples, empty, children }: SamplesProps) {
  return (
    <details className="disclosure">
      <summary>{title}</summary>
      <p>{children}</p>
      {samples.length === 0 ? (
        <p>{empty}</p>
      ) : (
        <>
          <p>The first few, by trace id, recipient and status:</p>
          <ul className="samples">
            {samples.map((sample) => (
              <li key={sample}>
                <bdi>{shownText(sample)}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

function oldest(seconds: number | null): string {
  return seconds === null ? 'none is on its way' : `the oldest for ${formatDuration(seconds)}`;
}

function bad(count: number): { readonly tone?: 'bad' } {
  return count > 0 ? { tone: 'bad' } : {};
}

interface TroubleNoticeProps {
  readonly playbook: PlaybookSummary;
  readonly live: LivePlaybook | null;
}

/** Lists the outages and faults that were switched on: what looks like a failure was requested by a user. */
export function TroubleNotice({ playbook: { id, usesSimulatedTenant }, live }: TroubleNoticeProps) {
  const tenant = useLiveValue((state) => state.tenant);
  const troubles = tellTroubles(
    usesSimulatedTenant ? tenant : null,
    live?.overview.intake === 'own' ? live.intake : null,
  );
  if (troubles.length === 0) return null;
  return (
    <Notice tone="caution">
      <strong>Simulated:</strong> {troubles.join(' ')}{' '}
      {usesSimulatedTenant ? (
        <Link href={playbookPath(id, 'simulation')}>Change it in the simulation</Link>
      ) : (
        'That is over once the runner is started again.'
      )}
    </Notice>
  );
}
