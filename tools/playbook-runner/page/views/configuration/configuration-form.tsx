import { useEffect, useMemo, useState } from 'react';
import type { PlaybookSettings, PlaybookSummary } from '../../../src/wire/playbook.js';
import { ActionButton, ConfirmDialog } from '../../parts/buttons.js';
import { Panel } from '../../parts/layout.js';
import { describedBy, Field } from '../../parts/inputs.js';
import { fieldId, SettingsForm } from './settings-form.js';
import { SettingsProvider, useSettingsContent } from './settings-context.js';
import { api } from '../../api/client.js';
import { live } from '../../api/live.js';
import { createPrecompiledValidator } from '@rjsf/validator-ajv8';
import type { SchemaError } from '../../../src/form/problems.js';
import { secretNames, tenantSettings } from '../../../src/form/settings-schema.js';
import { ApiError } from '../../api/request.js';
import type { Card } from '../../cards.js';
import { showToast } from '../../parts/notices.js';
import { useUnsavedChanges } from '../../shell/location.js';
import { useAction } from '../../shell/view.js';
import { changeOf, checkDraft, hasCredentials, type Settings, useDraft } from './draft.js';
import { SaveBar } from './save-bar.js';
import { inOrderOfForm } from './setting-words.js';

interface SimulatedTenantPanelProps {
  readonly playbook: PlaybookSummary;
  /** Names or secrets are saved or typed, which would be replaced. */
  readonly hasCredentials: boolean;
  readonly busy: boolean;
  /** Something else is being saved. */
  readonly disabled: boolean;
  readonly onFillIn: () => void;
}

function SimulatedTenantPanel(props: SimulatedTenantPanelProps) {
  const { playbook, hasCredentials, busy, disabled, onFillIn } = props;
  const { usesSimulatedTenant } = playbook;
  const [asking, setAsking] = useState(false);
  const fillIn = (): void => {
    setAsking(false);
    onFillIn();
  };
  return (
    <>
      <Panel
        title="Simulated tenant"
        help={
          usesSimulatedTenant
            ? 'This playbook reads the simulated tenant: made-up mail on this machine, without any account. Fill it in again if you have changed its addresses, names or secrets.'
            : 'No account at hand? Fill in addresses, names and secrets of a tenant that this runner simulates, and save them. Other settings stay as they are.'
        }
        actions={
          <ActionButton
            busy={busy}
            disabled={disabled}
            onClick={() => (hasCredentials && !usesSimulatedTenant ? setAsking(true) : fillIn())}
          >
            {usesSimulatedTenant ? 'Fill in again' : 'Use the simulated tenant'}
          </ActionButton>
        }
      />
      <ConfirmDialog
        open={asking}
        title="Replace the credentials that are saved?"
        confirmLabel="Replace them"
        danger
        onConfirm={fillIn}
        onCancel={() => setAsking(false)}
      >
        Names and secrets of your tenant that are saved or typed here give way to those of the simulated one, and cannot
        be brought back. The intake key stays, saved or typed.
      </ConfirmDialog>
    </>
  );
}

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

interface ConfigurationFormProps {
  readonly playbook: PlaybookSummary;
  readonly card: Card;
  /** As the runner has it saved when the form is opened. */
  readonly initial: PlaybookSettings;
}

export function ConfigurationForm({ playbook, card, initial }: ConfigurationFormProps) {
  const secrets = secretNames(card.schema);
  const form = useDraft(initial, tenantSettings(secrets));
  const { draft, saved } = form;
  const saving = useAction();
  const filling = useAction();
  const restarting = useAction();
  const [hasSaved, setHasSaved] = useState(false);
  const [focusOn, setFocusOn] = useState<{ readonly setting: string } | null>(null);
  useUnsavedChanges(form.changed);
  useEffect(() => {
    if (focusOn) document.getElementById(fieldId(focusOn.setting))?.focus();
  }, [focusOn]);

  const validator = useMemo(() => createPrecompiledValidator<Settings>(card.validators, card.schema), [card]);
  const validate = (settings: Settings): readonly SchemaError[] =>
    validator.rawValidation<SchemaError>(card.schema, settings).errors ?? [];
  const found = checkDraft(card.schema, validate, draft, saved.savedSecrets);
  const all = inOrderOfForm(card.schema, [
    ...found,
    ...form.refused.filter(({ setting }) => !found.some((problem) => problem.setting === setting)),
  ]);
  const shown = all.filter(({ setting }) => form.tried || form.touched.has(setting) || form.refused.length > 0);

  const save = async (): Promise<void> => {
    try {
      form.accept(draft, await api.changePlaybook(playbook.id, changeOf(draft, secrets)));
      setHasSaved(true);
    } catch (error) {
      if (!(error instanceof ApiError) || error.problems.length === 0) throw error;
      form.refuse(error.problems);
      setFocusOn(error.problems[0] ?? null);
    }
  };
  const fillIn = async (): Promise<void> => {
    form.merge({ draft, saved }, await api.useSimulatedTenant(playbook.id));
    setHasSaved(true);
    showToast('Filled in with the simulated tenant and saved.');
  };
  const trySaving = (): void => {
    form.try();
    if (all[0]) setFocusOn(all[0]);
    else saving.run(save);
  };
  const content = {
    schema: card.schema,
    draft,
    problems: new Map(shown.map(({ setting, message }) => [setting, message])),
    savedSecrets: saved.savedSecrets,
    forget: form.forget,
    keep: form.keep,
  };
  return (
    <form
      className="configuration"
      aria-label="Configuration"
      noValidate
      autoComplete="off"
      onKeyUp={({ key }) => {
        // What Tab has gone to may lie under the save bar; browsers leave it there where a part of it is in sight.
        if (key === 'Tab') document.activeElement?.scrollIntoView({ block: 'nearest' });
      }}
      onSubmit={(event) => {
        event.preventDefault();
        trySaving();
      }}
    >
      <SimulatedTenantPanel
        playbook={playbook}
        hasCredentials={hasCredentials(draft.settings, saved.savedSecrets, secrets)}
        busy={filling.busy}
        disabled={saving.busy}
        onFillIn={() => filling.run(fillIn)}
      />
      <SettingsProvider value={content}>
        <NamePanel name={draft.name} onChange={form.rename} />
        <SettingsForm
          card={card}
          validator={validator}
          settings={draft.settings}
          onChange={form.change}
          onTouch={form.touch}
        />
      </SettingsProvider>
      <SaveBar
        changed={form.changed}
        saved={hasSaved}
        busy={saving.busy}
        disabled={filling.busy}
        problems={form.tried || form.refused.length > 0 ? shown : []}
        titleOf={(setting) => card.schema.properties[setting]?.title ?? (setting === 'name' ? 'Name' : setting)}
        onGoTo={(setting) => setFocusOn({ setting })}
        onDiscard={form.discard}
        restart={
          playbook.needsRestart
            ? { busy: restarting.busy, run: () => restarting.run(() => restart(playbook.id)) }
            : null
        }
      />
    </form>
  );
}
