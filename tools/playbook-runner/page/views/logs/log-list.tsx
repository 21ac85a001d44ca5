import { useLayoutEffect, useRef, useState } from 'react';
import type { LogLine } from '../../../src/wire/live.js';
import { countOf } from '../../format/format.js';
import { Button } from '../../parts/button.js';
import { LogEntry } from './log-entry.js';

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
export function LogList({ lines, search, following, arrived, onFollow }: LogListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [most, setMax] = useState(LINES_AT_ONCE);
  const hidden = lines.length - most;
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
          <Button kind="quiet" small onClick={() => setMax(most + LINES_AT_ONCE)}>
            Show {countOf(Math.min(hidden, LINES_AT_ONCE), 'earlier line')}
          </Button>
        )}
        <ol className="log-lines">
          {lines.slice(-most).map((line) => (
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
