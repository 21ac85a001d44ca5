/** A setting with its title, description, default and what is wrong with it. The root passes its fields through. */
import type { FieldTemplateProps } from '@rjsf/utils';
import { secretNames } from '../../../src/form/settings-schema.js';
import { Field } from '../../parts/field.js';
import { useSettingsContent } from './settings-context.js';
import { alternativesWords, cautionAbout, defaultWords, runnerDefaults } from './setting-words.js';

export function SettingField({ id, label, required, schema, formData, fieldPathId, children }: FieldTemplateProps) {
  const { schema: settings, problems } = useSettingsContent();
  const setting = fieldPathId.path.at(-1);
  if (typeof setting !== 'string') return children;
  const help = [schema.description, runnerDefaults[setting]?.help ?? defaultWords(schema)];
  return (
    <Field
      id={id}
      label={label}
      mark={required ? 'required' : alternativesWords(settings, setting)}
      help={help.filter(Boolean).join(' ')}
      error={problems.get(setting)}
      caution={secretNames(settings).includes(setting) ? cautionAbout(formData) : undefined}
    >
      {children}
    </Field>
  );
}
