import { createPrecompiledValidator } from '@rjsf/validator-ajv8';
import { useEffect, useMemo, useState } from 'react';
import type { SchemaError } from '../../../src/form/problems.js';
import { secretNames, tenantSettings } from '../../../src/form/settings-schema.js';
import type { PlaybookSettings, PlaybookSummary } from '../../../src/wire/playbook.js';
import { ApiError } from '../../api/request.js';
import { api } from '../../api/client.js';
import type { Card } from '../../cards.js';
import { showToast } from '../../parts/toasts.js';
import { useUnsavedChanges } from '../../shell/location.js';
import { useAction } from '../../shell/use-action.js';
import { changeOf, checkDraft, hasCredentials, type Settings } from './draft.js';
import { NamePanel } from './name-panel.js';
import { restart } from './restart.js';
import { SaveBar } from './save-bar.js';
import { inOrderOfForm } from './setting-words.js';
import { SettingsProvider } from './settings-context.js';
import { fieldId, SettingsForm } from './settings-form.js';
import { SimulatedTenantPanel } from './simulated-tenant-panel.js';
import { useDraft } from './use-draft.js';

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
