import type { LogLine } from '../../../src/wire/live.js';
import { countOf } from '../../format/format.js';
import { classNames } from '../../parts/buttons.js';
import { Time } from '../../parts/layout.js';
import { shownText } from '../events/event-filter.js';
import '../logs/logs.css';
import '../overview/disclosure.css';

interface ProcessLogProps {
  readonly lines: readonly LogLine[];
  /** As it is shown first. */
  readonly open?: boolean;
}

/** What a command of the module has logged, behind a line that opens it. */
export function ProcessLog({ lines, open = false }: ProcessLogProps) {
  if (lines.length === 0) return null;
  return (
    <details className="disclosure" open={open}>
      <summary>Log: {countOf(lines.length, 'line')}</summary>
      <ol className="log-lines process-log">
        {lines.map(({ number, atMs, level, message }) => (
          <li key={number} className={classNames('log-entry', `log-${level}`)}>
            <span className="log-time">
              <Time atMs={atMs} precision="second" />
            </span>
            <span className="log-level">{level}</span>
            <bdi className="log-message">{shownText(message)}</bdi>
          </li>
        ))}
      </ol>
    </details>
  );
}
