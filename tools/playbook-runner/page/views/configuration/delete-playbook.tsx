import { useState } from 'react';
import { useLocation } from 'wouter';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { ActionButton } from '../../parts/button.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { Panel } from '../../parts/panel.js';
import { showToast } from '../../parts/toasts.js';
import { dropUnsavedChanges } from '../../shell/location.js';
import { useAction } from '../../shell/use-action.js';
import { isStarted } from '../playbook/state-story.js';

export function DeletePlaybook({ playbook: { id, name, state } }: { readonly playbook: PlaybookSummary }) {
  const [asking, setAsking] = useState(false);
  const { busy, run } = useAction();
  const [, navigate] = useLocation();
  const remove = (): void => {
    // At once: were it to fail, its dialog would lie over the message that says so.
    setAsking(false);
    run(async () => {
      await api.deletePlaybook(id);
      showToast(`The playbook “${name}” is deleted.`);
      dropUnsavedChanges();
      navigate('/');
    });
  };
  const started = isStarted(state);
  return (
    <>
      <Panel
        title="Delete the playbook"
        help={
          started
            ? 'Stop the trigger first.'
            : 'Its settings, its secrets and what the trigger remembers of delivered rows are removed from this machine.'
        }
        actions={
          <ActionButton kind="danger" busy={busy} disabled={started} onClick={() => setAsking(true)}>
            Delete playbook
          </ActionButton>
        }
      />
      <ConfirmDialog
        open={asking}
        title={`Delete “${name}”?`}
        confirmLabel="Delete playbook"
        danger
        onConfirm={remove}
        onCancel={() => setAsking(false)}
      >
        Its settings, its secrets and what the trigger remembers of delivered rows are removed from this machine. This
        cannot be undone.
      </ConfirmDialog>
    </>
  );
}
