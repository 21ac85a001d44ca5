import { countOf, formatCount } from '../../format/format.js';
import { SearchField, SelectField } from '../../parts/inputs.js';
import {
  type EventFilter,
  filterEvents,
  newSince,
  NO_EVENT_FILTER,
  shownText,
  statusesOf,
  useHeldLines,
} from './event-filter.js';
import type { LivePlaybook, Overview } from '../../../src/wire/live.js';
import type { PlaybookSummary } from '../../../src/wire/playbook.js';
import { EmptyState } from '../../parts/notices.js';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../parts/buttons.js';
import { useTabMemory } from '../playbook/tabs.js';
import type { PlaybookViewProps } from '../playbook/view-props.js';
import { EventDialog } from './event-dialog.js';
import { eventButtonId, EventsTable } from './events-table.js';
import './events.css';

interface EventFiltersProps {
  readonly filter: EventFilter;
  readonly statuses: readonly (readonly [status: string, count: number])[];
  readonly onChange: (filter: EventFilter) => void;
}

function EventFilters({ filter, statuses, onChange }: EventFiltersProps) {
  // What was chosen stays in the list when no event of that status is kept any more.
  const offered =
    filter.status === null || statuses.some(([status]) => status === filter.status)
      ? statuses
      : [...statuses, [filter.status, 0] as const];
  return (
    <>
      <SearchField
        label="Filter"
        placeholder="Words in any column"
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
      />
      <SelectField
        label="Status"
        value={filter.status === null ? '' : `=${filter.status}`}
        onChange={(value) => onChange({ ...filter, status: value === '' ? null : value.slice(1) })}
      >
        <option value="">Any status</option>
        {offered.map(([status, count]) => (
          <option key={status} value={`=${status}`}>
            {shownText(status) || '(none)'} ({formatCount(count)})
          </option>
        ))}
      </SelectField>
    </>
  );
}

interface NoEventsProps {
  readonly playbook: PlaybookSummary;
  readonly intake: Overview['intake'];
}

function NoEvents({ playbook, intake }: NoEventsProps) {
  if (intake !== 'own') {
    return (
      <EmptyState title="The events go to another intake">
        They are delivered to {intake.address}, as the settings say, and do not pass through the runner. Look at them
        there; or clear the setting for the intake’s address, so that they come here.
      </EmptyState>
    );
  }
  if (playbook.startedAtMs === null) {
    return <EmptyState title="No events yet">Start the trigger to see them arrive.</EmptyState>;
  }
  return (
    <EmptyState title="No events yet">
      The trigger runs. They appear here as soon as it has delivered the first; the trigger logs tell what it does.
    </EmptyState>
  );
}

/** Whether the element has left the window at its top. */
function useScrolledPast(element: RefObject<HTMLElement | null>): boolean {
  const [past, setPast] = useState(false);
  useEffect(() => {
    if (element.current === null) return;
    const watched = new IntersectionObserver(([entry]) => {
      if (entry) setPast(!entry.isIntersecting && entry.boundingClientRect.top < 0);
    });
    watched.observe(element.current);
    return () => watched.disconnect();
  }, [element]);
  return past;
}

/** The latest events, to be searched and opened. */

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
