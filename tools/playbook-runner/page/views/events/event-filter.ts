import type { EventLine } from '../../../src/wire/live.js';

export interface EventFilter {
  /** Words; each must occur somewhere in the event's line. Capitals do not count. */
  readonly text: string;
  /** Null: whatever the status. */
  readonly status: string | null;
}

export const NO_EVENT_FILTER: EventFilter = { text: '', status: null };

/** Those of `events` that pass, in their order. */
export function filterEvents(events: readonly EventLine[], filter: EventFilter): readonly EventLine[] {
  const words = wordsOf(filter.text);
  if (words.length === 0 && filter.status === null) return events;
  return events.filter(
    (event) => (filter.status === null || event.status === filter.status) && containsAll(searchText(event), words),
  );
}

/** The statuses that occur, in alphabetical order, each with how often. */
export function statusesOf(events: readonly EventLine[]): readonly (readonly [status: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { status } of events) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].sort(([one], [other]) => one.localeCompare(other));
}

function searchText(event: EventLine): string {
  return fold(`${event.from}\n${event.to}\n${event.subject}\n${event.status}\n${event.outcome}`);
}

function containsAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

function wordsOf(text: string): readonly string[] {
  return fold(text)
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** Compatible forms alike, as full-width letters and ligatures are. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
