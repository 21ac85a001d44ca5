import { useMemo, useRef, useState } from 'react';
import type { LivePlaybook } from '../../../src/wire/live.js';
import { countOf, formatCount } from '../../format/numbers.js';
import { Button } from '../../parts/button.js';
import { EmptyState } from '../../parts/empty-state.js';
import type { PlaybookViewProps } from '../playbook-view-props.js';
import { EventDialog } from './event-dialog.js';
import { type EventFilter, filterEvents, statusesOf } from './event-filter.js';
import { EventFilters } from './event-filters.js';
import { eventButtonId } from './event-row.js';
import './events.css';
import { EventsTable } from './events-table.js';
import { newSince } from './held-lines.js';
import { NoEvents } from './no-events.js';
import { useHeldLines } from './use-held-lines.js';
import { useScrolledPast } from './use-scrolled-past.js';

/** The latest events, to be searched and opened. */
export function EventsView({ playbook, live }: PlaybookViewProps) {
  if (live === null) return null;
  if (live.events.length === 0) return <NoEvents playbook={playbook} intake={live.overview.intake} />;
  return <Events live={live} />;
}

/** Stands still while it is paused, scrolled or an event is open: what is being read does not move away. */
function Events({ live }: { readonly live: LivePlaybook }) {
  const [filter, setFilter] = useState<EventFilter>({ text: '', status: null });
  const [paused, setPaused] = useState(false);
  const [opened, setOpened] = useState<number | null>(null);
  const top = useRef<HTMLDivElement>(null);
  const scrolled = useScrolledPast(top);
  const held = useHeldLines(live.events, paused || scrolled || opened !== null);
  const kept = held ?? live.events;
  const arrived = newSince(held, live.events);

  const shown = useMemo(() => filterEvents(kept, filter).toReversed(), [kept, filter]);
  const statuses = useMemo(() => statusesOf(kept), [kept]);
  const showNewest = (): void => {
    setPaused(false);
    top.current?.scrollIntoView();
  };
  return (
    <div className="events">
      <div ref={top} className="events-top" />
      <div className="toolbar">
        <EventFilters filter={filter} statuses={statuses} onChange={setFilter} />
        <Button pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? 'Paused' : 'Pause'}
        </Button>
        <p className="toolbar-count" role="status">
          Shown {formatCount(shown.length)} of {formatCount(kept.length)} kept
        </p>
      </div>
      <div className="events-new">
        {arrived > 0 && (
          <Button kind="primary" small onClick={showNewest}>
            {countOf(arrived, 'new event')}
          </Button>
        )}
      </div>
      {shown.length === 0 ? (
        <EmptyState
          title="No event passes the filter"
          action={<Button onClick={() => setFilter({ text: '', status: null })}>Clear the filter</Button>}
        >
          All words must occur in one event. Use fewer of them, or another status.
        </EmptyState>
      ) : (
        <EventsTable events={shown} onOpen={setOpened} />
      )}
      {opened !== null && (
        <EventDialog
          playbook={live.id}
          events={shown}
          number={opened}
          onMove={setOpened}
          onClose={() => {
            // A row that was opened with the mouse had no focus to which the browser could return.
            document.getElementById(eventButtonId(opened))?.focus();
            setOpened(null);
          }}
        />
      )}
    </div>
  );
}
