/** What the table tells of the event, in full. */
import type { EventLine } from '../../../src/wire/live.js';
import { formatCount } from '../../format/format.js';
import { Time } from '../../parts/time.js';
import { ForeignText, StatusMark } from './events-table.js';

export function EventFacts({ event }: { readonly event: EventLine }) {
  return (
    <dl className="event-facts">
      <div>
        <dt>From</dt>
        <dd>
          <ForeignText text={event.from} />
        </dd>
      </div>
      <div>
        <dt>To</dt>
        <dd>
          <ForeignText text={event.to} />
        </dd>
      </div>
      <div>
        <dt>Status</dt>
        <dd>
          <StatusMark status={event.status} />
        </dd>
      </div>
      <div>
        <dt>Outcome</dt>
        <dd>
          <ForeignText text={event.outcome} />
        </dd>
      </div>
      <div>
        <dt>Received</dt>
        <dd>{event.receivedMs === null ? '–' : <Time atMs={event.receivedMs} focusable />}</dd>
      </div>
      <div>
        <dt>Arrived here</dt>
        <dd>
          <Time atMs={event.arrivedAtMs} focusable /> as number {formatCount(event.number)}
        </dd>
      </div>
    </dl>
  );
}
