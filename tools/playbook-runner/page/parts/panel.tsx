import { type ReactNode, useId } from 'react';
import './panel.css';

interface PanelProps {
  readonly title: string;
  /** A sentence under the title. */
  readonly help?: ReactNode;
  /** Buttons at the title's right. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** A titled part of a view. */
export function Panel({ title, help, actions, children }: PanelProps) {
  const titleId = useId();
  return (
    <section className="panel" aria-labelledby={titleId}>
      <div className="panel-head">
        <div className="panel-words">
          <h2 id={titleId} className="panel-title">
            {title}
          </h2>
          {help && <p className="panel-help">{help}</p>}
        </div>
        {actions && <div className="panel-actions">{actions}</div>}
      </div>
      {children && <div className="panel-body">{children}</div>}
    </section>
  );
}
