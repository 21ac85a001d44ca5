import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { cards } from '../../cards.js';
import { countOf, formatDuration } from '../../format/format.js';
import { ActionButton } from '../../parts/button.js';
import { StatePill } from '../../parts/state-pill.js';
import { Time } from '../../parts/time.js';
import { useAction } from '../../shell/use-action.js';
import { triggerAction } from './state-story.js';

interface PlaybookHeaderProps {
  readonly playbook: PlaybookSummary;
  readonly nowMs: number;
}

export function PlaybookHeader({ playbook, nowMs }: PlaybookHeaderProps) {
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
