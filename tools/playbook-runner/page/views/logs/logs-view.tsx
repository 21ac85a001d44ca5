/** What the trigger has logged, and what the runner did with it. */
import { useDeferredValue, useMemo, useState } from 'react';
import type { LogLine } from '../../../src/wire/live.js';
import { formatCount } from '../../format/format.js';
import { Button } from '../../parts/button.js';
import { CopyButton } from '../../parts/copy-button.js';
import { EmptyState } from '../../parts/empty-state.js';
import { newSince, useHeldLines } from '../events/event-filter.js';
import { useTabMemory } from '../playbook/tab-memory.js';
import type { PlaybookViewProps } from '../playbook-view-props.js';
import { filterLogs, logText, NO_LOG_FILTER } from './log-text.js';
import { LogFilters } from './log-filters.js';
import { LogList } from './log-list.js';
import './logs.css';
import { NewError } from './new-error.js';

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
