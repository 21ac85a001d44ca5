import { useState } from 'react';
import type { EventLine } from '../../../src/wire/live.js';
import { countOf } from '../../format/numbers.js';
import { Button } from '../../parts/button.js';
import { EventRow } from './event-row.js';

const ROWS_AT_ONCE = 100;

interface EventsTableProps {
  /** Newest first. */
  readonly events: readonly EventLine[];
  readonly onOpen: (number: number) => void;
}

export function EventsTable({ events, onOpen }: EventsTableProps) {
  const [most, setMax] = useState(ROWS_AT_ONCE);
  const hidden = events.length - most;
  return (
    <>
      <table role="table" className="events-table" aria-label="Events, latest arrivals first">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" className="event-time">
              Received
            </th>
            <th role="columnheader" scope="col">
              From
            </th>
            <th role="columnheader" scope="col">
              To
            </th>
            <th role="columnheader" scope="col" className="event-subject">
              Subject
            </th>
            <th role="columnheader" scope="col" className="event-status">
              Status
            </th>
            <th role="columnheader" scope="col" className="event-outcome">
              Outcome
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {events.slice(0, most).map((event) => (
            <EventRow key={event.number} event={event} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
      {hidden > 0 && (
        <Button onClick={() => setMax(most + ROWS_AT_ONCE)}>
          Show {countOf(Math.min(hidden, ROWS_AT_ONCE), 'older event')}
        </Button>
      )}
    </>
  );
}
