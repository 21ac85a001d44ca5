import type { FieldProps } from '@rjsf/utils';
import { numberOrText } from './setting-words.js';

/** In place of the form's own, which makes 120 of `12e1` and 16 of `0x10` without a word. */
export function NumberField({ onChange, ...field }: FieldProps) {
  const { StringField } = field.registry.fields;
  if (!StringField) throw new Error('The form has no field for texts, which shows its numbers.');
  return <StringField {...field} onChange={(value, ...rest) => onChange(numberOrText(value), ...rest)} />;
}
