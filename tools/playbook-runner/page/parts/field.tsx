import type { ReactNode } from 'react';
import './field.css';

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
  readonly children: ReactNode;
}

/** A labelled input with its help, always to be seen, and what is wrong with it or to be thought about. */
export function Field({ id, label, mark, help, error, caution, children }: FieldProps) {
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
        {mark && <span className="field-mark"> ({mark})</span>}
      </label>
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
