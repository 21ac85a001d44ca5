import Form from '@rjsf/core';
import type { TemplatesType, UiSchema, ValidatorType } from '@rjsf/utils';
import { useMemo } from 'react';
import { secretNames } from '../../../src/form/settings-schema.js';
import type { Card } from '../../cards.js';
import { filledIn, type Settings } from './draft.js';
import { NumberField } from './number-field.js';
import { SettingField } from './setting-field.js';
import { SettingsLayout } from './settings-layout.js';
import { widgets } from './widgets.js';

interface SettingsFormProps {
  readonly card: Card;
  /** Of the card's schema: the form asks it for defaults. */
  readonly validator: ValidatorType<Settings>;
  readonly settings: Settings;
  /** Without what was emptied. */
  readonly onChange: (settings: Settings, setting: string) => void;
  readonly onTouch: (setting: string) => void;
}

/** How the form names its inputs: `setting_frequency`. */
const idPrefix = 'setting';
/** Certificates and keys are pasted as several lines. */
const severalLines = ['client_certificate'];

const templates: Partial<TemplatesType<Settings>> = {
  FieldTemplate: SettingField,
  ObjectFieldTemplate: SettingsLayout,
};

const fields = { NumberField };

export function fieldId(setting: string): string {
  return `${idPrefix}_${setting}`;
}

/** The fields that a card's schema asks for. What is wrong is found and told by `ConfigurationForm`. */
export function SettingsForm({ card, validator, settings, onChange, onTouch }: SettingsFormProps) {
  const uiSchema = useMemo(() => uiSchemaOf(card), [card]);
  const settingOf = (id = ''): string => id.slice(idPrefix.length + 1);
  return (
    <Form<Settings>
      tagName="div"
      idPrefix={idPrefix}
      schema={card.schema}
      uiSchema={uiSchema}
      validator={validator}
      templates={templates}
      widgets={widgets}
      fields={fields}
      formData={settings}
      experimental_defaultFormStateBehavior={{ emptyObjectFields: 'skipDefaults' }}
      onChange={({ formData }, id) => onChange(filledIn(formData ?? {}), settingOf(id))}
      onBlur={(id) => onTouch(settingOf(id))}
    >
      {/* Saving has its own bar: no button here. */}
      <></>
    </Form>
  );
}

function uiSchemaOf({ schema }: Card): UiSchema<Settings> {
  const masked = secretNames(schema).map((name): [string, UiSchema] => [
    name,
    { 'ui:widget': 'password', 'ui:options': { lines: severalLines.includes(name) } },
  ]);
  return Object.fromEntries(masked);
}
