import { type ComponentProps, type ReactNode, useId } from 'react';
import { useConnected } from './buttons.js';
import './switch.css';
import './switch-box.css';
import './field.css';
import './toolbar.css';

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly help?: ReactNode;
}

export function Switch({ label, checked, onChange, help }: SwitchProps) {
  const helpId = useId();
  const connected = useConnected();
  return (
    <div className="switch">
      <label className="switch-line">
        <SwitchBox
          checked={checked}
          disabled={!connected}
          aria-describedby={help ? helpId : undefined}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span className="switch-label">{label}</span>
      </label>
      {help && (
        <p id={helpId} className="switch-help">
          {help}
        </p>
      )}
    </div>
  );
}

type SwitchBoxProps = Omit<ComponentProps<'input'>, 'type' | 'role' | 'className'>;

/** The switch alone, for where its label stands elsewhere. */
export function SwitchBox(props: SwitchBoxProps) {
  return <input {...props} type="checkbox" role="switch" className="switch-box" />;
}

/** For `aria-describedby` of the input of a `Field`: what is wrong, then the help. */
export function describedBy(id: string): string {
  return `${id}-error ${id}-help`;
}

interface FieldProps {
  /** Of the input; it describes itself with `describedBy(id)`. */
  readonly id: string;
  readonly label: string;
  /** Behind the label, such as `required`. */
  readonly mark?: string | undefined;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  /** What to think about, where nothing is wrong. */
  readonly caution?: string | undefined;
  /** It has several inputs, which have labels of their own. */
  readonly group?: boolean;
  readonly children: ReactNode;
}

/** A labelled input with its help, always to be seen, and what is wrong with it or to be thought about. */
export function Field({ id, label, mark, help, error, caution, group = false, children }: FieldProps) {
  const words = (
    <>
      {label}
      {mark && <span className="field-mark"> ({mark})</span>}
    </>
  );
  return (
    <div className="field">
      {group ? (
        <span id={`${id}-label`} className="field-label">
          {words}
        </span>
      ) : (
        <label className="field-label" htmlFor={id}>
          {words}
        </label>
      )}
      {children}
      <p id={`${id}-error`} className={error ? 'field-error' : 'field-caution'} aria-live="polite">
        {error ?? caution}
      </p>
      {help && (
        <p id={`${id}-help`} className="field-help">
          {help}
        </p>
      )}
    </div>
  );
}

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchField({ label, placeholder, value, onChange }: SearchFieldProps) {
  const id = useId();
  return (
    <div className="filter filter-wide">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="search"
        className="input"
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

interface SelectFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The options. */
  readonly children: ReactNode;
}

export function SelectField({ label, value, onChange, children }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
    </div>
  );
}
