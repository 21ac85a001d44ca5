import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { ActionButton } from '../../parts/action-button.js';
import { Panel } from '../../parts/panel.js';
import { useAction } from '../../shell/use-action.js';

export function KillPanel({ playbook }: { readonly playbook: PlaybookSummary }) {
  const { busy, run } = useAction();
  const runs = playbook.startedAtMs !== null;
  return (
    <Panel
      title="The trigger’s process"
      help="It is killed at once, as by a power cut: nothing is saved, nothing is finished. The runner starts it again, after a wait that grows from crash to crash."
    >
      <div>
        <ActionButton
          kind="danger"
          busy={busy}
          disabled={!runs}
          onClick={() =>
            run(async () => {
              await api.kill(playbook.id);
            })
          }
        >
          Kill the trigger
        </ActionButton>
      </div>
      <p className="kill-note">{runs ? tellRestarts(playbook.restarts) : 'It does not run now.'}</p>
    </Panel>
  );
}

function tellRestarts(count: number): string {
  if (count === 0) return 'It has not crashed since somebody started it.';
  return `Since somebody started it, it crashed and was started again ${count === 1 ? 'once' : `${count} times`}.`;
}
