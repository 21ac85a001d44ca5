import type { FieldTemplateProps } from '@rjsf/utils';
import { secretNames } from '../../../src/form/secrets.js';
import { Field } from '../../parts/field.js';
import { useSettingsContent } from './settings-context.js';
import { runnerDefaults } from './runner-defaults.js';
import { cautionAbout } from './secret-caution.js';
import { alternativesWords, defaultWords } from './setting-words.js';

/** A setting with its title, description, default and what is wrong with it. The root passes its fields through. */
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
