import { useId } from 'react';
import { formatCount } from '../../format/format.js';
import { ActionButton, useConnected } from '../../parts/buttons.js';
import { SliderNumber } from '../../parts/sliders.js';
import { useRestingNumber } from '../../parts/use-resting-number.js';
import { HIGHEST_RATE, positionOf, RATE_POSITIONS, rateAt, useControls } from './use-controls.js';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { useLiveValue } from '../../api/live.js';
import { Panel } from '../../parts/layout.js';
import { useAction } from '../../shell/view.js';
import { isStarted, tellRestart } from '../playbook/state-story.js';
import type { IntakeControls, TenantControls } from '../../../src/wire/live.js';
import { FaultControls, ShareSlider } from './controls.js';
import { EmptyState } from '../../parts/notices.js';
import type { PlaybookViewProps } from '../playbook/view-props.js';
import { AuditPanel } from './audit-panel.js';
import './simulation.css';

interface RateSliderProps {
  readonly rowsPerHour: number;
  readonly onChange: (rowsPerHour: number) => void;
}

const BOUNDS = { min: 0, max: HIGHEST_RATE, unit: 'rows an hour' };

/** Like parts/slider.tsx, on a logarithmic scale: each step is the same factor. */
function RateSlider({ rowsPerHour, onChange }: RateSliderProps) {
  const id = useId();
  const connected = useConnected();
  const number = useRestingNumber(Math.round(rowsPerHour), BOUNDS, onChange);
  const rate = Number(number.shown) || 0;
  return (
    <div className="slider">
      <label className="slider-label" htmlFor={id}>
        Mail rate
      </label>
      <input
        id={id}
        type="range"
        className="slider-range"
        min={0}
        max={RATE_POSITIONS}
        step={1}
        disabled={!connected}
        value={positionOf(rate)}
        aria-valuetext={`${formatCount(rate)} rows an hour`}
        aria-describedby={`${id}-help`}
        onChange={(event) => number.change(String(rateAt(Number(event.target.value))))}
      />
      <SliderNumber id={id} label="Mail rate" bounds={BOUNDS} step={1} number={number} />
      <p id={`${id}-help`} className="slider-help">
        {number.complaint === undefined && inMinutes(rate)} A row is one message to one recipient.
      </p>
    </div>
  );
}

function inMinutes(rowsPerHour: number): string {
  if (rowsPerHour === 0) return 'No new mail.';
  const minutely = Math.round(rowsPerHour / 60);
  return minutely >= 1 ? `About ${formatCount(minutely)} a minute.` : 'Less than one a minute.';
}

function KillPanel({ playbook }: { readonly playbook: PlaybookSummary }) {
  const { busy, run } = useAction();
  const nowMs = useLiveValue((live) => live.nowMs);
  const { state, startedAtMs } = playbook;
  const runs = startedAtMs !== null;
  return (
    <Panel
      title="The trigger’s process"
      help="It is killed at once, as by a power cut: nothing is saved, nothing is finished. The runner starts it again, after a wait that grows from crash to crash."
    >
      <div>
        <ActionButton
          kind="danger"
          // Until it runs again it keeps the focus: it may be killed several times.
          busy={busy || (!runs && isStarted(state))}
          disabled={!isStarted(state)}
          onClick={() =>
            run(async () => {
              await api.kill(playbook.id);
            })
          }
        >
          Kill the trigger
        </ActionButton>
      </div>
      <p className="kill-note">{tellLife(playbook, nowMs)}</p>
    </Panel>
  );
}

function tellLife({ state, startedAtMs, restarts }: PlaybookSummary, nowMs: number): string {
  if (startedAtMs !== null) return tellRestarts(restarts);
  if (state.name === 'trigger-crashed') return `It does not run now. ${tellRestart(state.restartAtMs, nowMs)}`;
  return 'It does not run now.';
}

function tellRestarts(count: number): string {
  if (count === 0) return 'It has not crashed since somebody started it.';
  return `Since somebody started it, it crashed and was started again ${count === 1 ? 'once' : `${count} times`}.`;
}

function ExperimentsPanel() {
  return (
    <Panel
      title="Fault injection"
      help="Set everything back afterwards and watch the delivery audit: missing goes down again and repeated stays at 0. While mail comes in, a few rows are always on their way."
    >
      <ol className="experiments">
        <li>
          <strong>Let everything fail a little.</strong> Set Microsoft’s faults and the intake’s faults to 30 %. It gets
          slower, and nothing is lost.
        </li>
        <li>
          <strong>Close the intake for a minute.</strong> Missing grows, since nothing can be delivered. Open it again:
          what was held back arrives, each row once.
        </li>
        <li>
          <strong>Kill the trigger in the middle of it,</strong> at a high mail rate, several times. It goes on from
          what it had on disk. The worst that can happen is that the batch that was on its way arrives twice, with the
          same event.id.
        </li>
        <li>
          <strong>Show half of the rows late.</strong> A row that appears after its time was read is found by a later
          pass: watch “Late rows” in the overview. The later it appears, the longer it may take.
        </li>
        <li>
          <strong>Take Microsoft out of service for some minutes,</strong> then bring it back: fresh mail comes first,
          the backlog fills behind it.
        </li>
        <li>
          <strong>Do it all at once.</strong>
        </li>
      </ol>
    </Panel>
  );
}

function TenantPanel({ tenant }: { readonly tenant: TenantControls }) {
  const controls = useControls(tenant, api.changeTenant);
  const { shown, change } = controls;
  return (
    <Panel
      title="The simulated tenant"
      help="Plays Microsoft: the mail of a company, and the APIs that tell of it. All playbooks on it share it."
    >
      <RateSlider rowsPerHour={shown.rowsPerHour} onChange={(rowsPerHour) => change({ rowsPerHour })} />
      <ShareSlider
        label="Late rows"
        share={shown.lateShare}
        maxPercent={100}
        help="Of the mail that is still to come, how much appears only after its time has been read."
        onChange={(lateShare) => change({ lateShare })}
      />
      <FaultControls
        controls={controls}
        faults={{
          label: 'Microsoft’s faults',
          help: 'Of the answers, how many fail: errors, cut connections, requests to slow down.',
        }}
        outage={{ label: 'Microsoft is out of service', help: 'Nothing answers but status 503.' }}
      />
    </Panel>
  );
}

interface IntakePanelProps {
  /** Its id. */
  readonly playbook: string;
  readonly intake: IntakeControls;
}

function IntakePanel({ playbook, intake }: IntakePanelProps) {
  const controls = useControls<IntakeControls>(intake, (changes) => api.changeIntake(playbook, changes));
  return (
    <Panel title="The intake" help="Takes the events, in place of Sekoia.io’s. This playbook has one of its own.">
      <FaultControls
        controls={controls}
        faults={{
          label: 'The intake’s faults',
          help: 'Of the batches, how many it does not take: errors, cut connections, answers that make no sense.',
        }}
        outage={{ label: 'The intake is out of service', help: 'It takes nothing until this is switched off again.' }}
      />
    </Panel>
  );
}

/** Makes the simulated world misbehave, and audits what arrives. */
export function SimulationView({ playbook, live }: PlaybookViewProps) {
  const tenant = useLiveValue((state) => state.tenant);
  if (live === null || tenant === null) return null;
  const { audit, intake } = live.overview;
  return (
    <div className="simulation">
      <div className="simulation-audit">
        {audit === null ? (
          <EmptyState title="There is nothing to audit">
            {intake === 'own'
              ? 'Start the trigger: then every row that the tenant shows is compared with the events that arrive.'
              : `The events go to ${intake.address}. Clear the setting for the intake’s address, so that they come here and can be compared.`}
          </EmptyState>
        ) : (
          <AuditPanel audit={audit} />
        )}
      </div>
      <div className="simulation-controls">
        <TenantPanel tenant={tenant} />
        {intake === 'own' && <IntakePanel playbook={playbook.id} intake={live.intake} />}
        <KillPanel playbook={playbook} />
      </div>
      <div className="simulation-experiments">
        <ExperimentsPanel />
      </div>
    </div>
  );
}
