/** A masked text. One that is saved is never here: it can be replaced or forgotten. */
import type { RegistryWidgetsType, WidgetProps } from '@rjsf/utils';
import { useState } from 'react';
import { Button, classNames } from '../../parts/buttons.js';
import { describedBy, SwitchBox } from '../../parts/inputs.js';
import { useSettingsContent } from './settings-context.js';
import { runnerDefaults, unitOf, valueWords } from './setting-words.js';

function SecretWidget({ id, name, label, value, options, onChange, onBlur }: WidgetProps) {
  const { savedSecrets, draft, problems, forget, keep } = useSettingsContent();
  const [shown, setShown] = useState(false);
  const typed = typeof value === 'string' ? value : '';
  const saved = savedSecrets.includes(name);
  const forgotten = draft.forgotten.includes(name);
  const shared = {
    id,
    name,
    value: typed,
    autoComplete: 'new-password',
    spellCheck: false,
    placeholder: placeholderOf(saved, forgotten),
    'aria-describedby': describedBy(id),
    'aria-invalid': problems.has(name),
    onBlur: () => onBlur(id, value),
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      onChange(target.value === '' ? undefined : target.value),
  };
  return (
    <span className="secret-widget">
      {options['lines'] === true ? (
        // There is no password field of several lines: this text is masked by its style.
        <textarea {...shared} rows={4} className={classNames('input secret-widget-lines', !shown && 'secret-masked')} />
      ) : (
        <input {...shared} type={shown ? 'text' : 'password'} className="input" />
      )}
      <span className="secret-widget-buttons">
        {typed !== '' && (
          <Button small onClick={() => setShown(!shown)} pressed={shown} label={`Show ${label}`}>
            {shown ? 'Hide' : 'Show'}
          </Button>
        )}
        {saved && typed === '' && (
          <>
            <span className={forgotten ? 'secret-state' : 'secret-state secret-saved'}>
              {forgotten ? 'Forgotten once you save' : 'Saved'}
            </span>
            <Button
              small
              label={`${forgotten ? 'Keep' : 'Forget'} ${label}`}
              onClick={() => (forgotten ? keep : forget)(name)}
            >
              {forgotten ? 'Keep' : 'Forget'}
            </Button>
          </>
        )}
      </span>
    </span>
  );
}

function placeholderOf(saved: boolean, forgotten: boolean): string | undefined {
  return saved && !forgotten ? 'Saved — type to replace' : undefined;
}

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

/** One of several values. The default is marked: who chooses it leaves the setting to the card. */
function ChoiceWidget({ id, name, value, schema, onChange, onBlur }: WidgetProps) {
  const { problems } = useSettingsContent();
  const choices = schema.enum ?? [];
  const chosen = choices.findIndex((choice) => choice === (value ?? schema.default));
  return (
    <select
      id={id}
      name={name}
      className="input"
      value={chosen}
      aria-describedby={describedBy(id)}
      aria-invalid={problems.has(name)}
      onChange={({ target }) => onChange(settingOf(choices[Number(target.value)], schema.default))}
      onBlur={() => onBlur(id, value)}
    >
      {(schema.default === undefined || chosen === -1) && <option value={-1}>Choose …</option>}
      {choices.map((choice, at) => (
        <option key={at} value={at}>
          {valueWords(schema, choice)}
          {choice === schema.default && ' (default)'}
        </option>
      ))}
    </select>
  );
}

/** On or off. */
function SwitchWidget({ id, name, value, schema, onChange, onBlur }: WidgetProps) {
  const on = value === undefined ? schema.default === true : value === true;
  return (
    <span className="switch-widget">
      <SwitchBox
        id={id}
        name={name}
        checked={on}
        aria-describedby={describedBy(id)}
        onChange={({ target }) => onChange(settingOf(target.checked, schema.default === true))}
        onBlur={() => onBlur(id, value)}
      />
      <span aria-hidden="true">{valueWords(schema, on)}</span>
    </span>
  );
}

/** What is as the card has it is not filled in. */
function settingOf(value: unknown, byDefault: unknown): unknown {
  return value === byDefault ? undefined : value;
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
