/** A masked text. One that is saved is never here: it can be replaced or forgotten. */
import type { WidgetProps } from '@rjsf/utils';
import { useState } from 'react';
import { Button, classNames } from '../../parts/button.js';
import { describedBy } from '../../parts/field.js';
import { useSettingsContent } from './settings-context.js';

export function SecretWidget({ id, name, label, value, options, onChange, onBlur }: WidgetProps) {
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
