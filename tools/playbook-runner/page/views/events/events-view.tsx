/** The latest events, to be searched and opened. */
import { useMemo, useRef, useState } from 'react';
import type { LivePlaybook } from '../../../src/wire/live.js';
import { countOf, formatCount } from '../../format/format.js';
import { Button } from '../../parts/button.js';
import { EmptyState } from '../../parts/empty-state.js';
import { useTabMemory } from '../playbook/tab-memory.js';
import type { PlaybookViewProps } from '../playbook-view-props.js';
import { EventDialog } from './event-dialog.js';
import { filterEvents, newSince, NO_EVENT_FILTER, statusesOf, useHeldLines } from './event-filter.js';
import { EventFilters } from './event-filters.js';
import { eventButtonId, EventsTable } from './events-table.js';
import './events.css';
import { NoEvents } from './no-events.js';
import { useScrolledPast } from './use-scrolled-past.js';

export function EventsView({ playbook, live }: PlaybookViewProps) {
  if (live === null) return null;
  if (live.events.length === 0) return <NoEvents playbook={playbook} intake={live.overview.intake} />;
  return <Events live={live} />;
}

/** Stands still while it is paused, scrolled or an event is open: what is being read does not move away. */
function Events({ live }: { readonly live: LivePlaybook }) {
  const [{ filter, pausedOn }, remember] = useTabMemory('events');
  const paused = pausedOn !== null;
  const [opened, setOpened] = useState<number | null>(null);
  const top = useRef<HTMLDivElement>(null);
  const scrolled = useScrolledPast(top);
  const held = useHeldLines(live.events, paused || scrolled || opened !== null, pausedOn);
  const stored = held ?? live.events;
  const arrived = newSince(held, live.events);

  const shown = useMemo(() => filterEvents(stored, filter).toReversed(), [stored, filter]);
  const statuses = useMemo(() => statusesOf(stored), [stored]);
  const showNewest = (): void => {
    remember({ pausedOn: null });
    top.current?.scrollIntoView();
  };
  const newEvents = arrived > 0 && (
    <Button kind="primary" small onClick={showNewest}>
      {countOf(arrived, 'new event')}
    </Button>
  );
  return (
    <div className="events">
      <div ref={top} className="events-top" />
      <div className="toolbar">
        <EventFilters filter={filter} statuses={statuses} onChange={(changed) => remember({ filter: changed })} />
        <Button pressed={paused} onClick={() => remember({ pausedOn: paused ? null : stored })}>
          {paused ? 'Paused' : 'Pause'}
        </Button>
      </div>
      <div className="events-count">
        <p>
          <span role="status">
            Shown {formatCount(shown.length)} of {formatCount(stored.length)} kept
          </span>
          , latest arrivals first
        </p>
        {!scrolled && newEvents}
      </div>
      {/* The count is out of sight then. */}
      <div className="events-new">{scrolled && newEvents}</div>
      {shown.length === 0 ? (
        <EmptyState
          title="No event passes the filter"
          action={<Button onClick={() => remember({ filter: NO_EVENT_FILTER })}>Clear the filter</Button>}
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
