import { type ReactNode, useSyncExternalStore } from 'react';
import { Button, classNames, useConnected } from './buttons.js';
import './notice.css';
import './empty-state.css';
import './toasts.css';
import { stateWords, type ToldState } from '../views/playbook/state-story.js';
import './state-pill.css';

export type NoticeTone = 'info' | 'good' | 'caution' | 'bad';

interface NoticeProps {
  readonly tone?: NoticeTone;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** Said by screen readers when it appears: `alert` at once, `status` when they pause. */
  readonly role?: 'alert' | 'status';
}

/** A message in the page's flow. */
export function Notice({ tone = 'info', title, children, action, role }: NoticeProps) {
  return (
    <div className={classNames('notice', `notice-${tone}`)} role={role}>
      <div className="notice-text">
        {title && <p className="notice-title">{title}</p>}
        {children}
      </div>
      {action && <div className="notice-action">{action}</div>}
    </div>
  );
}

interface EmptyStateProps {
  readonly title: string;
  /** What to do so that something will be here. */
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <p className="empty-state-title">{title}</p>
      <div className="empty-state-text">{children}</div>
      {action}
    </div>
  );
}

interface Toast {
  readonly number: number;
  readonly text: string;
  readonly tone: NoticeTone;
}

const shownMs = 6_000;
let last = 0;
let toasts: readonly Toast[] = [];
const listeners = new Set<() => void>();

/** Says something for a few seconds; what went wrong stays until it is dismissed. */
export function showToast(text: string, tone: NoticeTone = 'good'): void {
  last += 1;
  const number = last;
  change([...toasts.filter((toast) => toast.text !== text), { number, text, tone }]);
  if (tone !== 'bad') window.setTimeout(() => dismiss(number), shownMs);
}

/** Where they appear: once, between the navigation and the view, where they cover no control. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-label="Messages">
      {shown.map(({ number, text, tone }) => (
        <Notice
          key={number}
          tone={tone}
          action={
            <Button kind="quiet" small onClick={() => dismiss(number)}>
              Dismiss
            </Button>
          }
        >
          {text}
        </Notice>
      ))}
    </div>
  );
}

function dismiss(number: number): void {
  change(toasts.filter((toast) => toast.number !== number));
}

function change(to: readonly Toast[]): void {
  toasts = to;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

interface StatePillProps {
  readonly playbook: ToldState;
  /** Without a ground, for lists. */
  readonly plain?: boolean;
}

export function StatePill({ playbook, plain = false }: StatePillProps) {
  const connected = useConnected();
  const { words, tone } = stateWords(playbook);
  return (
    <span className={classNames('state', plain ? 'state-plain' : 'state-pill', `state-${connected ? tone : 'idle'}`)}>
      <span className="state-dot" aria-hidden="true" />
      {connected ? words : `${words}, as last seen`}
    </span>
  );
}
