import { useMemo } from 'react';
import type { AccountFacts } from '../../../src/form/account.js';
import type { PlaybookSettings, PlaybookSummary } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { live } from '../../api/live.js';
import type { Card } from '../../cards.js';
import { describedBy, Field } from '../../parts/inputs.js';
import { Panel } from '../../parts/layout.js';
import { showToast } from '../../parts/notices.js';
import { useUnsavedChanges } from '../../shell/location.js';
import { useAction } from '../../shell/view.js';
import { changeOf, hasCredentials } from './draft.js';
import { EditorForm, SimulatedTenantPanel } from './editor-form.js';
import { SaveBar } from './save-bar.js';
import { useSettingsContent } from './settings-context.js';
import { fieldId } from './settings-form.js';
import { groupSettings } from './setting-words.js';
import { useSettingsEditor } from './use-settings-editor.js';

interface NamePanelProps {
  readonly name: string;
  readonly onChange: (name: string) => void;
}

function NamePanel({ name, onChange }: NamePanelProps) {
  const { problems } = useSettingsContent();
  const id = fieldId('name');
  return (
    <Panel title="Playbook">
      <Field id={id} label="Name" mark="required" help="What it is called on this page." error={problems.get('name')}>
        <input
          id={id}
          className="input"
          autoComplete="off"
          value={name}
          aria-describedby={describedBy(id)}
          aria-invalid={problems.has('name')}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
    </Panel>
  );
}

/** A trigger stops within 10 seconds, or is ended. */
const stopWithinMs = 15_000;
const lookEveryMs = 250;

/** Stops the trigger, waits until it has, and starts it. @throws Error where it does not stop in time */
async function restart(id: string): Promise<void> {
  await api.stop(id);
  const untilMs = Date.now() + stopWithinMs;
  while (!isReady(id)) {
    if (Date.now() > untilMs) throw new Error('The trigger has not stopped. Start it once it has.');
    await new Promise((resolve) => window.setTimeout(resolve, lookEveryMs));
    await live.refresh();
  }
  await api.start(id);
}

function isReady(id: string): boolean {
  return live.state.playbooks?.find((playbook) => playbook.id === id)?.state.name === 'ready-to-start';
}

const TENANT_WORDS = {
  used: 'This playbook reads the simulated tenant: made-up mail on this machine, without any account. Fill it in again if you have changed its addresses, names or secrets.',
  unused:
    'No account at hand? Fill in addresses, names and secrets of a tenant that this runner simulates, and save them. Other settings stay as they are.',
};

interface ConfigurationFormProps {
  readonly playbook: PlaybookSummary;
  readonly card: Card;
  /** As the runner has it saved when the form is opened; so is the account. */
  readonly initial: PlaybookSettings;
  readonly account: AccountFacts;
}

export function ConfigurationForm({ playbook, card, initial, account }: ConfigurationFormProps) {
  const groups = useMemo(() => groupSettings(card.schema), [card]);
  const editor = useSettingsEditor({
    card,
    groups,
    initial,
    account,
    send: (draft, secrets) =>
      api.changePlaybook(playbook.id, { name: (draft.name ?? '').trim(), ...changeOf(draft, secrets) }),
  });
  const { draft, saved } = editor;
  const filling = useAction();
  const restarting = useAction();
  useUnsavedChanges(editor.changed);
  const fillIn = async (): Promise<void> => {
    editor.merge({ draft, saved }, await api.useSimulatedTenant(playbook.id));
    editor.setHasSent(true);
    showToast('Filled in with the simulated tenant and saved.');
  };
  return (
    <EditorForm
      editor={editor}
      label="Configuration"
      intro={
        <SimulatedTenantPanel
          usesSimulatedTenant={playbook.usesSimulatedTenant}
          help={playbook.usesSimulatedTenant ? TENANT_WORDS.used : TENANT_WORDS.unused}
          hasCredentials={hasCredentials(draft.settings, saved.savedSecrets, editor.secrets)}
          busy={filling.busy}
          disabled={editor.sending}
          onFillIn={() => filling.run(fillIn)}
          stays="The intake key stays, saved or typed."
        />
      }
      first={<NamePanel name={draft.name ?? ''} onChange={editor.rename} />}
    >
      <SaveBar
        changed={editor.changed}
        saved={editor.hasSent}
        busy={editor.sending}
        disabled={filling.busy}
        problems={editor.tried || editor.refused.length > 0 ? editor.shown : []}
        titleOf={(setting) => card.schema.properties[setting]?.title ?? (setting === 'name' ? 'Name' : setting)}
        onGoTo={editor.goTo}
        onDiscard={editor.discard}
        restart={
          playbook.needsRestart
            ? { busy: restarting.busy, run: () => restarting.run(() => restart(playbook.id)) }
            : null
        }
      />
    </EditorForm>
  );
}
