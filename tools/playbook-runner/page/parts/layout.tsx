import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react';
import './panel.css';
import { classNames } from './buttons.js';
import './figure.css';
import { Link } from 'wouter';
import './tabs.css';
import { formatLocalTime, formatUtc, type TimePrecision } from '../format/format.js';
import './time.css';

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

interface FigureProps {
  readonly label: string;
  /** Ready to be shown; `–` where it is not known. */
  readonly value: string;
  readonly unit?: string;
  readonly help?: ReactNode;
  /** Colours the number; the words must tell it too. */
  readonly tone?: 'good' | 'caution' | 'bad';
}

/** A number that is read at a glance. Put several into `Figures`. */
export function Figure({ label, value, unit, help, tone }: FigureProps) {
  return (
    <div className="figure">
      <dt className="figure-label">{label}</dt>
      <dd className={classNames('figure-value', tone && `figure-${tone}`)}>
        {value}
        {unit && <span className="figure-unit"> {unit}</span>}
      </dd>
      {help && <dd className="figure-help">{help}</dd>}
    </div>
  );
}

/** A row of figures that wraps; with the same width for each. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className="figures">{children}</dl>;
}

interface TabsProps {
  /** Names the group for screen readers. */
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly current: string;
}

/** Views of one thing, each with an address of its own: links, so that they can be opened beside each other. */
export function Tabs({ label, items, current }: TabsProps) {
  const row = useCurrentInView<HTMLUListElement>(current);
  return (
    <nav className="tabs" aria-label={label}>
      <ul ref={row} className="tabs-list">
        {items.map(({ id, label: text, href }) => (
          <li key={id}>
            <Link href={href} className="tabs-link" aria-current={id === current ? 'page' : undefined}>
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** One of several views, for `Tabs`. */
interface TabItem {
  readonly id: string;
  readonly label: string;
  /** A route, as in `/playbooks/demo/events`. */
  readonly href: string;
}

interface TimeProps {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly precision?: TimePrecision;
  /** Can be reached with the Tab key, to see UTC without a mouse: where there are few of them, not in long tables. */
  readonly focusable?: boolean;
}

/** In the browser's zone; in UTC under the pointer and on focus. */
export function Time({ atMs, precision = 'day-and-second', focusable = false }: TimeProps) {
  const utc = formatUtc(atMs);
  return (
    <time
      className="time"
      dateTime={new Date(atMs).toISOString()}
      title={utc}
      data-utc={utc}
      tabIndex={focusable ? 0 : undefined}
    >
      {formatLocalTime(atMs, precision)}
    </time>
  );
}

/**
 * For a row of links that scrolls sideways where there is no room: brings the current one into its middle.
 * @param current what tells it from the others
 */
export function useCurrentInView<Row extends HTMLElement>(current: string): RefObject<Row | null> {
  const row = useRef<Row>(null);
  useEffect(() => {
    const link = row.current?.querySelector('[aria-current="page"]');
    if (!row.current || !link) return;
    const { left, width } = link.getBoundingClientRect();
    const around = row.current.getBoundingClientRect();
    // Not scrollIntoView: it would move the page as well.
    row.current.scrollLeft += left + width / 2 - (around.left + around.width / 2);
  }, [current]);
  return row;
}
