import type { EventDetail, EventLine } from '../wire/live.js';
import { type StoredEvent, readEventDetail, readEventLine } from './event-line.js';
import { EventMeter } from './event-meter.js';
import { Stored } from './stored-lines.js';

const LIMITS = { items: 1000, bytes: 32 << 20 };

/** The last events as text, and how many there were. They are read only when somebody looks. */
export class EventKeeper {
  readonly #events = new Stored<StoredEvent>(LIMITS, ({ text }) => text);
  readonly #meter = new EventMeter();

  get total(): number {
    return this.#meter.total;
  }

  add(texts: readonly string[], nowMs: number): void {
    this.#meter.add(texts.length, nowMs);
    for (const text of texts) this.#events.add((number) => ({ number, arrivedAtMs: nowMs, text }));
  }

  inLastMinute(nowMs: number): number {
    return this.#meter.inLastMinute(nowMs);
  }

  /** Lines of the events after that number, oldest first. */
  after(number: number): EventLine[] {
    return this.#events.after(number).map(readEventLine);
  }

  detail(number: number): EventDetail | undefined {
    const event = this.#events.find(number);
    return event && readEventDetail(event);
  }
}
