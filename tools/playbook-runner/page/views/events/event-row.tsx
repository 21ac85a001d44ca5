import { memo } from 'react';
import type { EventLine } from '../../../src/wire/live.js';
import { Time } from '../../parts/time.js';
import { ForeignText } from './foreign-text.js';
import { StatusMark } from './status-mark.js';

interface EventRowProps {
  readonly event: EventLine;
  readonly onOpen: (number: number) => void;
}

/** The button of an event's row: what has the focus again once the event is closed. */
export function eventButtonId(number: number): string {
  return `event-${number}`;
}

/** Roles are written out: where the screen is narrow and rows become cards, they are no table to the browser. */
export const EventRow = memo(function EventRow({ event, onOpen }: EventRowProps) {
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
