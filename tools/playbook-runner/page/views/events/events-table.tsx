import { shownText } from './event-filter.js';
import { Button, classNames } from '../../parts/buttons.js';
import { memo, useState } from 'react';
import type { EventLine } from '../../../src/wire/live.js';
import { Time } from '../../parts/layout.js';
import { countOf } from '../../format/format.js';

interface ForeignTextProps {
  readonly text: string;
  /** Shown, quietly, in place of an empty text. */
  readonly empty?: string;
}

/** A text from the mail of strangers: isolated in its direction, cut to its place, whole under the pointer. */
export function ForeignText({ text, empty = '–' }: ForeignTextProps) {
  const shown = shownText(text);
  if (shown.trim() === '') return <span className="foreign-empty">{empty}</span>;
  return (
    <bdi className="foreign" title={shown}>
      {shown}
    </bdi>
  );
}

/** How the statuses of the two APIs went for the message; others are told without colour. */
const TONES: Readonly<Record<string, 'good' | 'caution' | 'bad'>> = {
  delivered: 'good',
  filteredasspam: 'caution',
  quarantined: 'caution',
  failed: 'bad',
};

export function StatusMark({ status }: { readonly status: string }) {
  const tone = TONES[status.toLowerCase()];
  return (
    <span className={classNames('status-mark', tone && `status-${tone}`)}>
      <ForeignText text={status} />
    </span>
  );
}

interface EventRowProps {
  readonly event: EventLine;
  readonly onOpen: (number: number) => void;
}

/** The button of an event's row: what has the focus again once the event is closed. */
export function eventButtonId(number: number): string {
  return `event-${number}`;
}

/** Roles are written out: where the screen is narrow and rows become cards, they are no table to the browser. */
const EventRow = memo(function EventRow({ event, onOpen }: EventRowProps) {
  return (
    <tr role="row" className="event-row" onClick={() => onOpen(event.number)}>
      <td role="cell" className="event-time">
        {event.receivedMs === null ? '–' : <Time atMs={event.receivedMs} precision="second" />}
      </td>
      <td role="cell" data-label="From">
        <ForeignText text={event.from} />
      </td>
      <td role="cell" data-label="To">
        <ForeignText text={event.to} />
      </td>
      <td role="cell" className="event-subject">
        {/* The row opens too, for the mouse: the button is what the keyboard reaches. */}
        <button type="button" id={eventButtonId(event.number)} className="event-open">
          <ForeignText text={event.subject} empty="(no subject)" />
        </button>
      </td>
      <td role="cell" className="event-status">
        <StatusMark status={event.status} />
      </td>
      <td role="cell" className="event-outcome" data-label="Outcome">
        <ForeignText text={event.outcome} />
      </td>
    </tr>
  );
});

const ROWS_AT_ONCE = 100;

interface EventsTableProps {
  /** Newest first. */
  readonly events: readonly EventLine[];
  readonly onOpen: (number: number) => void;
}

export function EventsTable({ events, onOpen }: EventsTableProps) {
  const [max, setMax] = useState(ROWS_AT_ONCE);
  const hidden = events.length - max;
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
          {events.slice(0, max).map((event) => (
            <EventRow key={event.number} event={event} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
      {hidden > 0 && (
        <Button onClick={() => setMax(max + ROWS_AT_ONCE)}>
          Show {countOf(Math.min(hidden, ROWS_AT_ONCE), 'older event')}
        </Button>
      )}
    </>
  );
}
