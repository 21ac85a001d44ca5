import type { FieldProps, RJSFSchema } from '@rjsf/utils';
import { useState } from 'react';
import { describedBy } from '../../parts/inputs.js';
import { useSettingsContent } from './settings-context.js';

/** Whether a schema asks for any of some values. */
export function isChoiceOfSeveral({ items }: RJSFSchema): boolean {
  return typeof items === 'object' && 'enum' in items;
}

/** A list of texts: one in each line, or the ones that are checked. */
export function ListField({ fieldPathId, schema, formData, onChange, onBlur }: FieldProps) {
  const values = Array.isArray(formData) ? formData.map(String) : [];
  const list: ListProps = {
    id: fieldPathId.$id,
    values,
    onChange: (changed) =>
      onChange(changed.length === 0 ? undefined : changed, fieldPathId.path, undefined, fieldPathId.$id),
    onBlur: () => onBlur(fieldPathId.$id, formData),
  };
  const choices = typeof schema.items === 'object' && 'enum' in schema.items ? (schema.items.enum ?? []) : undefined;
  return choices ? <Choices {...list} choices={choices.map(String)} /> : <Lines {...list} />;
}

interface ListProps {
  readonly id: string;
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
  readonly onBlur: () => void;
}

/** Enter begins the next value: an empty line stays while it is typed, and counts for nothing. */
function Lines({ id, values, onChange, onBlur }: ListProps) {
  const [text, setText] = useState(values.join('\n'));
  const { problems } = useSettingsContent();
  const shown = sameList(linesOf(text), values) ? text : values.join('\n');
  return (
    <textarea
      id={id}
      className="input list-lines"
      rows={2}
      autoComplete="off"
      spellCheck={false}
      placeholder="One per line"
      value={shown}
      aria-describedby={describedBy(id)}
      aria-invalid={problems.has(nameOf(id))}
      onChange={({ target }) => {
        setText(target.value);
        onChange(linesOf(target.value));
      }}
      onBlur={onBlur}
    />
  );
}

function Choices({ id, values, choices, onChange, onBlur }: ListProps & { readonly choices: readonly string[] }) {
  return (
    <div
      id={id}
      role="group"
      tabIndex={-1}
      className="list-choices"
      aria-labelledby={`${id}-label`}
      aria-describedby={describedBy(id)}
    >
      {choices.map((choice) => (
        <label key={choice} className="list-choice">
          <input
            type="checkbox"
            checked={values.includes(choice)}
            onChange={({ target }) =>
              onChange(choices.filter((one) => (one === choice ? target.checked : values.includes(one))))
            }
            onBlur={onBlur}
          />
          {choice}
        </label>
      ))}
    </div>
  );
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

/** As the form names its inputs: `setting_sender`. */
function nameOf(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}
