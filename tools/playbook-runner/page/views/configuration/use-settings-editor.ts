import { createPrecompiledValidator } from '@rjsf/validator-ajv8';
import { type SetStateAction, useEffect, useMemo, useState } from 'react';
import type { ValidatorType } from '@rjsf/utils';
import { type AccountFacts, NO_ACCOUNT } from '../../../src/form/account.js';
import type { SchemaError } from '../../../src/form/problems.js';
import { secretNames, tenantSettings } from '../../../src/form/settings-schema.js';
import type { Problem } from '../../../src/wire/playbook.js';
import { ApiError } from '../../api/request.js';
import type { FormCard } from '../../cards.js';
import { useAction } from '../../shell/view.js';
import { checkDraft, type Draft, type EditedDraft, type FormPicture, type Settings, useDraft } from './draft.js';
import type { SettingsContent } from './settings-context.js';
import { fieldId } from './settings-form.js';
import { inOrderOfForm, type SettingGroup } from './setting-words.js';

export interface EditorOptions<Saved extends FormPicture> {
  readonly card: FormCard;
  readonly groups: readonly SettingGroup[];
  /** As the runner has it when the form is opened. */
  readonly initial: Saved;
  readonly account?: AccountFacts;
  /** Hands the draft to the runner. @throws ApiError with problems where that finds some */
  readonly send: (draft: Draft, secrets: readonly string[]) => Promise<Saved>;
}

export interface SettingsEditor<Saved extends FormPicture> extends EditedDraft<Saved> {
  readonly card: FormCard;
  readonly secrets: readonly string[];
  readonly validator: ValidatorType<Settings>;
  readonly content: SettingsContent;
  /** What is wrong, as far as it is told at the fields already. */
  readonly shown: readonly Problem[];
  readonly sending: boolean;
  /** It was sent since the form was opened. */
  readonly hasSent: boolean;
  readonly setHasSent: (has: SetStateAction<boolean>) => void;
  /** Sends the draft, or goes to the first field that is wrong. */
  readonly trySending: () => void;
  readonly goTo: (setting: string) => void;
}

/** A form that is made of a card: what is filled in, what is wrong with it, and how it is sent. */
export function useSettingsEditor<Saved extends FormPicture>(options: EditorOptions<Saved>): SettingsEditor<Saved> {
  const { card, groups, initial, account = NO_ACCOUNT, send } = options;
  const secrets = secretNames(card.schema);
  const form = useDraft(initial, tenantSettings(secrets));
  const { draft, saved } = form;
  const sending = useAction();
  const [hasSent, setHasSent] = useState(false);
  const [focusOn, setFocusOn] = useState<{ readonly setting: string } | null>(null);
  useEffect(() => {
    if (focusOn) document.getElementById(fieldId(focusOn.setting))?.focus();
  }, [focusOn]);

  const validator = useMemo(() => createPrecompiledValidator<Settings>(card.validators, card.schema), [card]);
  const validate = (settings: Settings): readonly SchemaError[] =>
    validator.rawValidation<SchemaError>(card.schema, settings).errors ?? [];
  const found = checkDraft(card.schema, validate, draft, saved.savedSecrets, account);
  const all = inOrderOfForm(groups, [
    ...found,
    ...form.refused.filter(({ setting }) => !found.some((problem) => problem.setting === setting)),
  ]);
  const shown = all.filter(({ setting }) => form.tried || form.touched.has(setting) || form.refused.length > 0);

  const sendDraft = async (): Promise<void> => {
    try {
      form.accept(draft, await send(draft, secrets));
      setHasSent(true);
    } catch (error) {
      if (!(error instanceof ApiError) || error.problems.length === 0) throw error;
      form.refuse(error.problems);
      setFocusOn(error.problems[0] ?? null);
    }
  };
  return {
    ...form,
    card,
    secrets,
    validator,
    content: {
      schema: card.schema,
      groups,
      draft,
      problems: new Map(shown.map(({ setting, message }) => [setting, message])),
      savedSecrets: saved.savedSecrets,
      account,
      forget: form.forget,
      keep: form.keep,
    },
    shown,
    sending: sending.busy,
    hasSent,
    setHasSent,
    trySending: () => {
      form.try();
      if (all[0]) setFocusOn(all[0]);
      else sending.run(sendDraft);
    },
    goTo: (setting) => setFocusOn({ setting }),
  };
}
