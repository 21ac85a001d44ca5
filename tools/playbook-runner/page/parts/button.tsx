import { type ComponentProps, createContext, type ReactNode, use } from 'react';
import './button.css';

/** Joins the names that are given: `classNames('button', busy && 'button-busy')`. */
export function classNames(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}

interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick?: () => void;
  /** How much it asks for attention; `danger` for what cannot be undone. */
  readonly kind?: 'primary' | 'secondary' | 'danger' | 'quiet';
  readonly small?: boolean;
  readonly type?: 'button' | 'submit';
  /** It was pressed and its effect is on the way: it keeps the focus and does nothing. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  /** What a screen reader says instead of the text: where the text alone does not tell, as with icons. */
  readonly label?: string;
  /** For buttons that stay pressed. */
  readonly pressed?: boolean;
  /** For buttons that open and close something. */
  readonly expanded?: boolean;
  readonly describedBy?: string;
}

export function Button({
  children,
  onClick,
  kind = 'secondary',
  small = false,
  type = 'button',
  busy = false,
  disabled = false,
  label,
  pressed,
  expanded,
  describedBy,
}: ButtonProps) {
  return (
    <button
      type={busy ? 'button' : type}
      className={classNames('button', `button-${kind}`, small && 'button-small', busy && 'button-busy')}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-describedby={describedBy}
      onClick={busy ? undefined : onClick}
    >
      {busy && <span className="button-spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

/**
 * Whether the runner answers: while it does not, nothing can be done with it, and states are those that were last seen.
 */
export const Connected = createContext(true);

export function useConnected(): boolean {
  return use(Connected);
}

/** For what the runner has to do: off while it does not answer. */
export function ActionButton({ disabled = false, ...button }: ComponentProps<typeof Button>) {
  const connected = useConnected();
  return <Button {...button} disabled={disabled || !connected} />;
}
