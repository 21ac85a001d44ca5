import { type ReactNode, useMemo, useState } from 'react';
import { secretNames } from '../../../src/form/settings-schema.js';
import { filledIn, isBlank, type Settings } from './draft.js';
import type {
  FieldProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  TemplatesType,
  UiSchema,
  ValidatorType,
} from '@rjsf/utils';
import { countOf } from '../../format/format.js';
import { Panel } from '../../parts/layout.js';
import {
  alternativesWords,
  cautionAbout,
  defaultWords,
  numberOrText,
  runnerDefaults,
  tellConsequences,
} from './setting-words.js';
import { Field } from '../../parts/inputs.js';
import Form from '@rjsf/core';
import type { FormCard } from '../../cards.js';
import { isChoiceOfSeveral, ListField } from './list-field.js';
import { widgets } from './widgets.js';
import { useSettingsContent } from './settings-context.js';

/** The fields in their groups; under each title what follows from what is filled in. */
function SettingsLayout({ properties }: ObjectFieldTemplateProps) {
  const { schema, groups, draft, savedSecrets, account } = useSettingsContent();
  const has = (name: string): boolean =>
    !isBlank(draft.settings[name]) || (savedSecrets.includes(name) && !draft.forgotten.includes(name));
  const consequences = tellConsequences(schema, draft.settings, has, account);
  const fields = new Map(properties.map(({ name, content }) => [name, content]));
  return groups.map(({ id, title, settings, help }) => {
    const content = settings.map((name) => fields.get(name));
    if (id === 'advanced') {
      return (
        <Advanced key={id} title={title} settings={settings}>
          {content}
        </Advanced>
      );
    }
    return (
      <Panel key={id} title={title} help={consequences[id] ?? help}>
        {content}
      </Panel>
    );
  });
}

interface AdvancedProps {
  readonly title: string;
  readonly settings: readonly string[];
  readonly children: ReactNode;
}

/** Closed, as the defaults are right for almost everybody; open where something is wrong in it. */
function Advanced({ title, settings, children }: AdvancedProps) {
  const { draft, problems } = useSettingsContent();
  const [opened, setOpened] = useState(false);
  const changed = settings.filter((name) => name in draft.settings).length;
  const wrong = settings.some((name) => problems.has(name));
  return (
    <details
      className="panel advanced"
      open={opened || wrong}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary className="advanced-summary">
        <h2 className="panel-title">{title}</h2>
        <span className="panel-help">
          {changed === 0 ? 'All at their defaults.' : `${countOf(changed, 'setting')} filled in.`}
        </span>
      </summary>
      <div className="advanced-fields">{children}</div>
    </details>
  );
}

/** A setting with its title, description, default and what is wrong with it. The root passes its fields through. */

function SettingField({ id, label, required, schema, formData, fieldPathId, children }: FieldTemplateProps) {
  const { schema: settings, problems } = useSettingsContent();
  const setting = fieldPathId.path.at(-1);
  if (typeof setting !== 'string') return children;
  const help = [schema.description, runnerDefaults[setting]?.help ?? defaultWords(schema)];
  return (
    <Field
      id={id}
      label={label}
      group={isChoiceOfSeveral(schema)}
      mark={required ? 'required' : alternativesWords(settings, setting)}
      help={help.filter(Boolean).join(' ')}
      error={problems.get(setting)}
      caution={secretNames(settings).includes(setting) ? cautionAbout(formData) : undefined}
    >
      {children}
    </Field>
  );
}

/** In place of the form's own, which makes 120 of `12e1` and 16 of `0x10` without a word. */
function NumberField({ onChange, ...field }: FieldProps) {
  const { StringField } = field.registry.fields;
  if (!StringField) throw new Error('The form has no field for texts, which shows its numbers.');
  return <StringField {...field} onChange={(value, ...rest) => onChange(numberOrText(value), ...rest)} />;
}

interface SettingsFormProps {
  readonly card: FormCard;
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

const fields = { NumberField, ArrayField: ListField };

export function fieldId(setting: string): string {
  return `${idPrefix}_${setting}`;
}

/** The fields that a card's schema asks for. What is wrong is found and told by `useSettingsEditor`. */
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

function uiSchemaOf({ schema }: FormCard): UiSchema<Settings> {
  const masked = secretNames(schema).map((name): [string, UiSchema] => [
    name,
    { 'ui:widget': 'password', 'ui:options': { lines: severalLines.includes(name) } },
  ]);
  return Object.fromEntries(masked);
}
