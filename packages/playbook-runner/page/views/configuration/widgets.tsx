import type { RegistryWidgetsType, WidgetProps } from '@rjsf/utils';
import { describedBy } from '../../parts/described-by.js';
import { SwitchBox } from '../../parts/switch-box.js';
import { runnerDefaults } from './runner-defaults.js';
import { SecretWidget } from './secret-widget.js';
import { useSettingsContent } from './settings-context.js';
import { unitOf, valueWords } from './setting-words.js';

/** Text and numbers: a number is written as text, so that what is no number can be seen and said. */
function TextWidget({ id, name, value, schema, onChange, onBlur }: WidgetProps) {
  const { problems } = useSettingsContent();
  const unit = unitOf(schema);
  return (
    <span className="text-widget">
      <input
        id={id}
        name={name}
        className={unit === undefined ? 'input' : 'input text-widget-number'}
        type="text"
        inputMode={unit === undefined ? undefined : 'numeric'}
        autoComplete="off"
        spellCheck={false}
        value={textOf(value)}
        placeholder={runnerDefaults[name]?.placeholder ?? textOf(schema.default)}
        aria-describedby={describedBy(id)}
        aria-invalid={problems.has(name)}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
        onBlur={() => onBlur(id, value)}
      />
      {unit}
    </span>
  );
}

/** One of several values; none is the default, which is named. */
function ChoiceWidget({ id, name, value, schema, onChange, onBlur }: WidgetProps) {
  const { problems } = useSettingsContent();
  const choices = schema.enum ?? [];
  return (
    <select
      id={id}
      name={name}
      className="input"
      value={choices.findIndex((choice) => choice === value)}
      aria-describedby={describedBy(id)}
      aria-invalid={problems.has(name)}
      onChange={(event) => onChange(choices[Number(event.target.value)])}
      onBlur={() => onBlur(id, value)}
    >
      <option value={-1}>
        {schema.default === undefined ? 'Choose …' : `Default: ${valueWords(schema, schema.default)}`}
      </option>
      {choices.map((choice, at) => (
        <option key={at} value={at}>
          {valueWords(schema, choice)}
        </option>
      ))}
    </select>
  );
}

/** On or off. What is as the card has it is not filled in. */
function SwitchWidget({ id, name, value, schema, onChange, onBlur }: WidgetProps) {
  const on = value === undefined ? schema.default === true : value === true;
  return (
    <span className="switch-widget">
      <SwitchBox
        id={id}
        name={name}
        checked={on}
        aria-describedby={describedBy(id)}
        onChange={({ target }) => onChange(target.checked === (schema.default === true) ? undefined : target.checked)}
        onBlur={() => onBlur(id, value)}
      />
      <span aria-hidden="true">{valueWords(schema, on)}</span>
    </span>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Under the names by which the form asks for them. */
export const widgets: RegistryWidgetsType = {
  TextWidget,
  URLWidget: TextWidget,
  SelectWidget: ChoiceWidget,
  CheckboxWidget: SwitchWidget,
  PasswordWidget: SecretWidget,
};
