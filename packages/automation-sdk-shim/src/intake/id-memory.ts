import { createHash } from 'node:crypto';
import { REMEMBERED_EVENT_IDS } from '../budgets.js';
import type { EncodedEvent } from './chunks.js';
import type { KnownIds } from './event-ids.js';

/**
 * Which events the last ids stood for. An answer that comes from a cache, or from a stand-in that always says the same,
 * names ids that were those of other events. An intake that derives its ids from the events may name them again for the
 * same ones.
 */
export class IdMemory implements KnownIds {
  /** In the order in which they came. */
  readonly #eventOf = new Map<unknown, string>();

  isOfAnother(id: unknown, events: readonly EncodedEvent[]): boolean {
    const key = this.#eventOf.get(id);
    return key !== undefined && !events.some((event) => keyOf(event) === key);
  }

  add(id: unknown, event: EncodedEvent): void {
    this.#eventOf.delete(id);
    this.#eventOf.set(id, keyOf(event));
    if (this.#eventOf.size <= REMEMBERED_EVENT_IDS) return;
    const [oldest] = this.#eventOf.keys();
    this.#eventOf.delete(oldest);
  }
}

function keyOf({ text }: EncodedEvent): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 16);
}
