import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { useLiveValue } from '../../api/live.js';
import { ActionButton } from '../../parts/button.js';
import { Panel } from '../../parts/panel.js';
import { useAction } from '../../shell/use-action.js';
import { isStarted, tellRestart } from '../playbook/state-story.js';

export function KillPanel({ playbook }: { readonly playbook: PlaybookSummary }) {
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
