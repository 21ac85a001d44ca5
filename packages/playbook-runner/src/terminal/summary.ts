import type { LogEntry } from '../platform/log-entries.js';
import { printable } from './printable.js';
import type { ShownEvent } from './shown-event.js';
import type { Snapshot, TriggerState } from './snapshot.js';
import { cut, fit } from './width.js';

const LABEL_COLUMNS = 10;
const TIME_COLUMNS = 8;
const STATUS_COLUMNS = 14;
const GAP = '  ';

/** The summary as lines of at most `columns` columns, for a screen that is drawn anew each time. */
export function renderSummary(snapshot: Snapshot, columns: number): string[] {
  const { restarts, lastEvents, notices } = snapshot;
  const lines = [
    'Microsoft 365 message trace, on loopback                      Ctrl-C stops',
    '',
    labelled('Trigger', `${describeState(snapshot.state)}, restarts: ${restarts}`),
    labelled('Events', describeEvents(snapshot)),
    labelled('Lag', describeLag(snapshot.state)),
    labelled('Books', describeBooks(snapshot)),
    '',
    'Last events, received at (UTC)',
    ...lastEvents.toReversed().map((event) => renderEvent(event, columns)),
    ...(notices.length === 0 ? [] : ['', 'Warnings and errors']),
    ...notices.toReversed().map(renderNotice),
  ];
  return lines.map((line) => cut(line, columns));
}

/** The summary as one line, for an output that is no terminal. */
export function renderLine(snapshot: Snapshot): string {
  const parts = [
    `${describeState(snapshot.state)}, restarts: ${snapshot.restarts}`,
    describeEvents(snapshot),
    `lag: ${describeLag(snapshot.state)}`,
    `books: ${describeBooks(snapshot)}`,
  ];
  return `${new Date(snapshot.nowMs).toISOString()} ${parts.join('; ')}`;
}

/** What the module has logged, as one line. */
export function renderNotice({ date, level, message }: LogEntry): string {
  return `${date.slice(11, 19)} ${level}: ${printable(message)}`;
}

/** One event in exactly `columns` columns: time, from → to, subject, status. The middle gives way first. */
export function renderEvent(event: ShownEvent, columns: number): string {
  const { receivedMs, sender, recipient, subject, status } = event;
  const time = receivedMs === undefined ? '' : new Date(receivedMs).toISOString().slice(11, 19);
  const room = Math.max(0, columns - TIME_COLUMNS - STATUS_COLUMNS - 3 * GAP.length);
  const partiesColumns = Math.floor(room / 2);
  return cut(
    [
      fit(time, TIME_COLUMNS),
      fit(printable(`${sender} → ${recipient}`), partiesColumns),
      fit(printable(subject), room - partiesColumns),
      fit(printable(status), STATUS_COLUMNS),
    ].join(GAP),
    columns,
  );
}

function labelled(label: string, text: string): string {
  return `${fit(label, LABEL_COLUMNS)}${text}`;
}

function describeState(state: TriggerState): string {
  switch (state.name) {
    case 'starting':
    case 'stopping':
    case 'stopped':
      return state.name;
    case 'running':
      return state.healthy ? 'running' : 'running, unhealthy';
    case 'crashed':
      return `crashed (${printable(state.how)}), starts again in ${Math.ceil(state.restartInMs / 1000)} s`;
  }
}

function describeLag(state: TriggerState): string {
  return state.name === 'running' && state.lagSeconds !== undefined ? `${Math.round(state.lagSeconds)} s` : 'unknown';
}

function describeEvents({ events, eventsLastMinute }: Snapshot): string {
  return `${count(events)} delivered, ${count(eventsLastMinute)} in the last minute`;
}

function describeBooks({ books }: Snapshot): string {
  if (books === undefined) return 'not compared yet';
  const parts = [
    `${count(books.visible)} rows visible`,
    `${count(books.missing)} not delivered yet`,
    `${count(books.repeated)} repeated`,
  ];
  if (books.unknown > 0) parts.push(`${count(books.unknown)} unknown`);
  if (books.unreadable > 0) parts.push(`${count(books.unreadable)} unreadable`);
  return parts.join(', ');
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
