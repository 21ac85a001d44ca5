import { memo, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { LogLine } from '../../../src/wire/live.js';
import { Time } from '../../parts/layout.js';
import { newSince, shownText, useHeldLines } from '../events/event-filter.js';
import { filterLogs, type LogFilter, logText, type MessagePart, messageParts, NO_LOG_FILTER } from './log-text.js';
import { countOf, formatCount } from '../../format/format.js';
import { Button, CopyButton } from '../../parts/buttons.js';
import { LOG_LEVELS, type LogLevel } from '../../../src/wire/playbook.js';
import { SearchField, SelectField } from '../../parts/inputs.js';
import { EmptyState } from '../../parts/notices.js';
import { useTabMemory } from '../playbook/tabs.js';
import type { PlaybookViewProps } from '../playbook/view-props.js';
import './logs.css';

interface LogEntryProps {
  readonly line: LogLine;
  readonly search: string;
}

const LogEntry = memo(function LogEntry({ line, search }: LogEntryProps) {
  return (
    <li className={`log-entry log-${line.level}`}>
      <span className="log-time">
        <Time atMs={line.atMs} precision="second" />
      </span>
      <span className="log-level">{line.level}</span>
      <span className="log-origin">{line.origin}</span>
      <bdi className="log-message">
        {messageParts(line.message, search).map((part, index) => (
          <Part key={index} part={part} />
        ))}
      </bdi>
    </li>
  );
});

function Part({ part }: { readonly part: MessagePart }) {
  // Line breaks and tabs are kept: an output may be a table or a stack.
  const text = part.text
    .split(/([\n\t])/u)
    .map((piece) => (piece === '\n' || piece === '\t' ? piece : shownText(piece)))
    .join('');
  if (part.kind === 'hit') return <mark>{text}</mark>;
  if (part.kind === 'code') return <code className="log-code">{text}</code>;
  return text;
}

const LINES_AT_ONCE = 300;

/** Within so many pixels of its end, the list counts as scrolled to it. */
const NEAR_END = 8;

interface LogListProps {
  readonly lines: readonly LogLine[];
  readonly search: string;
  /** It stays at its end while lines come. */
  readonly following: boolean;
  /** How many lines have come since it does not follow. */
  readonly arrived: number;
  readonly onFollow: (following: boolean) => void;
}

/** Newest at the bottom. Scrolled up, it stands still; back at its end, it follows again. */
function LogList({ lines, search, following, arrived, onFollow }: LogListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [max, setMax] = useState(LINES_AT_ONCE);
  const hidden = lines.length - max;
  useLayoutEffect(() => {
    if (following) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [following, lines]);
  return (
    <div className="log-frame">
      <div
        ref={list}
        className="log-list"
        role="region"
        aria-label="Log lines, newest at the end"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          onFollow(scrollHeight - scrollTop - clientHeight <= NEAR_END)
        }
      >
        {hidden > 0 && (
          <Button kind="quiet" small onClick={() => setMax(max + LINES_AT_ONCE)}>
            Show {countOf(Math.min(hidden, LINES_AT_ONCE), 'earlier line')}
          </Button>
        )}
        <ol className="log-lines">
          {lines.slice(-max).map((line) => (
            <LogEntry key={line.number} line={line} search={search} />
          ))}
        </ol>
      </div>
      {!following && (
        <div className="log-newest">
          <Button kind="primary" small onClick={() => onFollow(true)}>
            {arrived > 0 ? `${countOf(arrived, 'new line')} ↓` : 'To the newest ↓'}
          </Button>
        </div>
      )}
    </div>
  );
}

interface LogFiltersProps {
  readonly filter: LogFilter;
  readonly onChange: (filter: LogFilter) => void;
}

const WORDS: Record<LogLevel, string> = {
  debug: 'All levels',
  info: 'Info and graver',
  warning: 'Warning and graver',
  error: 'Error and graver',
  critical: 'Critical alone',
};

function LogFilters({ filter, onChange }: LogFiltersProps) {
  return (
    <>
      <SearchField
        label="Search"
        placeholder="Text in the message"
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
      />
      <SelectField
        label="Level"
        value={filter.atLeast}
        onChange={(value) => onChange({ ...filter, atLeast: LOG_LEVELS.find((level) => level === value) ?? 'debug' })}
      >
        {LOG_LEVELS.map((level) => (
          <option key={level} value={level}>
            {WORDS[level]}
          </option>
        ))}
      </SelectField>
    </>
  );
}

/** Says the latest error to screen readers: of those that came while the logs are open, and of errors alone. */
function NewError({ lines }: { readonly lines: readonly LogLine[] }) {
  const [seen] = useState(() => lines.at(-1)?.number ?? 0);
  const latest = lines.findLast(({ number, level }) => number > seen && (level === 'error' || level === 'critical'));
  return (
    <p className="visually-hidden" aria-live="polite">
      {latest && `${latest.level}: ${shownText(latest.message)}`}
    </p>
  );
}

/** What the trigger has logged, and what the runner did with it. */

export function LogsView({ playbook, live }: PlaybookViewProps) {
  if (live === null) return null;
  if (live.logs.length === 0) {
    return (
      <EmptyState title="No log lines yet">
        {playbook.startedAtMs === null
          ? 'Start the trigger to see what it logs.'
          : 'The trigger runs. What it logs appears here.'}
      </EmptyState>
    );
  }
  return <Logs lines={live.logs} />;
}

function Logs({ lines }: { readonly lines: readonly LogLine[] }) {
  const [{ filter }, remember] = useTabMemory('logs');
  const [following, setFollowing] = useState(true);
  const held = useHeldLines(lines, !following);
  const stored = held ?? lines;
  const search = useDeferredValue(filter);
  const shown = useMemo(() => filterLogs(stored, search), [stored, search]);
  return (
    <div className="logs">
      <div className="toolbar">
        <LogFilters filter={filter} onChange={(changed) => remember({ filter: changed })} />
        <CopyButton text={logText(shown)} label="Copy all shown" />
        <p className="toolbar-count" role="status">
          Shown {formatCount(shown.length)} of {formatCount(stored.length)} kept
        </p>
      </div>
      {shown.length === 0 ? (
        <EmptyState
          title="No line passes the filter"
          action={<Button onClick={() => remember({ filter: NO_LOG_FILTER })}>Clear the filter</Button>}
        >
          Choose a lower level, or search for something else.
        </EmptyState>
      ) : (
        <LogList
          lines={shown}
          search={search.text}
          following={following}
          arrived={newSince(held, lines)}
          onFollow={setFollowing}
        />
      )}
      <NewError lines={lines} />
    </div>
  );
}
