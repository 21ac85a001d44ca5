import type { ReactNode } from 'react';
import { classNames } from './button.js';
import './notice.css';

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
