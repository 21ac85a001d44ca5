import { isObject } from '../json.js';
import type { EncodedEvent } from './chunks.js';
import { type Fate, fateOf, idOf } from './event-entry.js';
import { REMEMBERED_EVENT_IDS } from '../budgets.js';

/** Tells which events the ids of earlier answers stand for. */
export interface KnownIds {
  /** Whether an id is known to stand for an event that is none of these. */
  isOfAnother(id: unknown, events: readonly EncodedEvent[]): boolean;
}

/** What the list `event_ids` says about a batch. */
export type EventIds =
  | { readonly kind: 'absent' }
  /** It has one entry for each event, in the order of the batch. */
  | { readonly kind: 'by-position'; readonly fates: readonly Fate[]; readonly ids: readonly unknown[] }
  /** It has fewer entries: so many ids, and nothing says whose. */
  | { readonly kind: 'by-count'; readonly named: number }
  /** It has more entries than there are events: it is not about this batch. */
  | { readonly kind: 'too-many' };

const MAX_ID = 200;
/** How languages spell what is no value. */
const NO_VALUES = new Set(['null', 'none', 'nil', 'undefined', 'nan', 'false']);
const ACCEPTED: Fate = { kind: 'accepted' };
const UNNAMED: Fate = { kind: 'unnamed' };

/**
 * An id stands for one event. One that comes again, in this answer or for other events than before, names none. A place
 * in the list says whose id it is only where every event has a place: in a list of 299 for 300 events, any one of them
 * may be the one left out.
 */
export function readEventIds(list: unknown, events: readonly EncodedEvent[], known: KnownIds): EventIds {
  if (!Array.isArray(list)) return { kind: 'absent' };
  if (list.length > events.length) return { kind: 'too-many' };
  const isByPosition = list.length === events.length;
  const ids = list.map(idIn);
  const isRepeated = repeatedIn(ids);
  const fates = list.map((entry: unknown, position): Fate => {
    const fate = fateOfId(entry);
    const id = ids[position];
    if (fate.kind !== 'accepted' || id === undefined) return fate;
    const meant = isByPosition ? events.slice(position, position + 1) : events;
    return isRepeated(id) || known.isOfAnother(id, meant) ? UNNAMED : fate;
  });
  if (isByPosition) return { kind: 'by-position', fates, ids };
  return { kind: 'by-count', named: fates.filter(({ kind }) => kind === 'accepted').length };
}

function repeatedIn(ids: readonly unknown[]): (id: unknown) => boolean {
  const seen = new Set<unknown>();
  const repeated = new Set<unknown>();
  for (const id of ids) (seen.has(id) ? repeated : seen).add(id);
  return (id) => repeated.has(id);
}

function idIn(entry: unknown): unknown {
  return isObject(entry) ? idOf(entry) : entry;
}

function fateOfId(entry: unknown): Fate {
  if (isObject(entry)) return fateOf(entry, false) ?? UNNAMED;
  return isId(entry) ? ACCEPTED : UNNAMED;
}

/** Documented are texts. A number other than 0 would be an id, too; a sentence is a message. */
function isId(entry: unknown): boolean {
  if (typeof entry === 'number') return Number.isSafeInteger(entry) && entry > 0;
  if (typeof entry !== 'string' || entry.length > MAX_ID) return false;
  return /^[^\s\p{Cc}]+$/u.test(entry) && !NO_VALUES.has(entry.toLowerCase());
}

/**
 * Which events the last ids stood for. An answer that comes from a cache, or from a stand-in that always says the same,
 * names ids that were those of other events. An intake that derives its ids from the events may name them again for the
 * same ones.
 */
export class IdMemory implements KnownIds {
  /** The serials of events by their ids, in two generations: to remove the oldest id one by one would cost more. */
  #eventOf = new Map<unknown, number>();
  #before = new Map<unknown, number>();

  isOfAnother(id: unknown, events: readonly EncodedEvent[]): boolean {
    const meant = this.#eventOf.get(id) ?? this.#before.get(id);
    return meant !== undefined && !events.some(({ serial }) => serial === meant);
  }

  add(id: unknown, event: EncodedEvent): void {
    if (this.#eventOf.size >= REMEMBERED_EVENT_IDS / 2) {
      this.#before = this.#eventOf;
      this.#eventOf = new Map();
    }
    this.#eventOf.set(id, event.serial);
  }
}
