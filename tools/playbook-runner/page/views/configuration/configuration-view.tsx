import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { type AccountFacts, NO_ACCOUNT } from '../../../src/form/account.js';
import type { PlaybookSettings, PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { ActionButton, ConfirmDialog } from '../../parts/buttons.js';
import { Panel } from '../../parts/layout.js';
import { dropUnsavedChanges } from '../../shell/location.js';
import { useAction } from '../../shell/view.js';
import { isStarted } from '../playbook/state-story.js';
import { messageOf } from '../../api/request.js';
import { cards } from '../../cards.js';
import { Notice, showToast } from '../../parts/notices.js';
import type { PlaybookViewProps } from '../playbook/view-props.js';
import { ConfigurationForm } from './configuration-form.js';

function DeletePlaybook({ playbook: { id, name, state } }: { readonly playbook: PlaybookSummary }) {
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

interface SavedSettings {
  /** Null until they are known; the account with them. */
  readonly saved: PlaybookSettings | null;
  readonly account: AccountFacts;
  readonly error: string | null;
}

/** What the runner has saved of a playbook, read when its form is opened. */
function useSavedSettings(id: string): SavedSettings {
  const [read, setRead] = useState<SavedSettings>({ saved: null, account: NO_ACCOUNT, error: null });
  useEffect(() => {
    let wanted = true;
    Promise.all([api.playbook(id), api.account()]).then(
      ([saved, account]) => wanted && setRead({ saved, account, error: null }),
      (error: unknown) => wanted && setRead({ saved: null, account: NO_ACCOUNT, error: messageOf(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [id]);
  return read;
}

/** A playbook's settings, in a form that is made from its trigger's card. */
export function ConfigurationView({ playbook }: PlaybookViewProps) {
  const { saved, account, error } = useSavedSettings(playbook.id);
  const card = cards.get(playbook.trigger);
  if (error !== null) return <Notice tone="bad">{error}</Notice>;
  return (
    <>
      {!card && (
        <Notice tone="bad" title="The trigger's card is missing">
          This page was built without a card for “{playbook.trigger}”. Build it again with <code>npm run build</code>.
        </Notice>
      )}
      {saved && card && <ConfigurationForm playbook={playbook} card={card} initial={saved} account={account} />}
      {saved && <DeletePlaybook playbook={playbook} />}
    </>
  );
}
