import { type ComponentProps, createContext, type ReactNode, use, useEffect, useId, useRef, useState } from 'react';
import './button.css';
import './confirm-dialog.css';

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

interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
}

const thanksMs = 2_000;

export function CopyButton({ text, label = 'Copy' }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (outcome !== 'copied') return;
    const timer = window.setTimeout(() => setOutcome(null), thanksMs);
    return () => window.clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('refused');
    }
  };
  return (
    <>
      <Button small onClick={() => void copy()}>
        {outcome === 'copied' ? 'Copied' : label}
      </Button>
      <span className={outcome === 'refused' ? undefined : 'visually-hidden'} role="status">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'The browser did not allow it: select the text and copy it with the keyboard.'}
      </span>
    </>
  );
}

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** What is done, as a verb: "Delete playbook". */
  readonly confirmLabel: string;
  readonly cancelLabel?: string;
  readonly danger?: boolean;
  readonly onConfirm: () => void;
  /** Also with Escape. */
  readonly onCancel: () => void;
}

export function ConfirmDialog({
  open,
  title,
  children,
  confirmLabel,
  cancelLabel = 'Cancel',
  danger = false,
  onConfirm,
  onCancel,
}: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      {open && (
        <>
          <h2 id={titleId} className="dialog-title">
            {title}
          </h2>
          <div className="dialog-text">{children}</div>
          <div className="dialog-buttons">
            <Button onClick={onCancel}>{cancelLabel}</Button>
            <Button kind={danger ? 'danger' : 'primary'} onClick={onConfirm}>
              {confirmLabel}
            </Button>
          </div>
        </>
      )}
    </dialog>
  );
}
