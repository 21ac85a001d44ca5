import type { JsonValue } from './json.js';
import type { Scrubber } from './log/scrubber.js';
import type { Page } from './http/get-server.js';
import { utcWithoutZone } from './utc.js';

export interface HealthOptions {
  readonly scrubber: Scrubber;
  /** Unhealthy after so many seconds without events; 0 for never. */
  readonly secondsWithoutEvents: number;
  readonly now?: () => number;
}

/**
 * Whether the module does its work, as told on the health port: 200, or 500 and why. Unhealthy while anything reports
 * so, and once a connector has not delivered events for its threshold (counted from the start at first).
 */
export class Health {
  readonly #options: HealthOptions;
  readonly #now: () => number;
  readonly #reasons = new Map<string, string>();
  readonly #extensions: (() => Record<string, JsonValue>)[] = [];
  #lastEventsMs: number;
  #lastHeartbeatMs: number;
  #errorCount = 0;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#lastEventsMs = this.#now();
    this.#lastHeartbeatMs = this.#now();
  }

  /** Unhealthy for this reason until `healthy` is called for the same matter. */
  unhealthy(reason: string, matter = 'trigger'): void {
    this.#reasons.set(matter, reason);
  }

  healthy(matter = 'trigger'): void {
    this.#reasons.delete(matter);
  }

  /** Adds fields of the trigger's own to the answer; asked each time. */
  extend(fields: () => Record<string, JsonValue>): void {
    this.#extensions.push(fields);
  }

  /** Called by a trigger that is alive but has nothing to deliver. */
  heartbeat(): void {
    this.#lastHeartbeatMs = this.#now();
  }

  /** Events were acknowledged: the errors before them no longer count. */
  eventsDelivered(): void {
    this.#lastEventsMs = this.#now();
    this.#errorCount = 0;
    this.heartbeat();
  }

  countError(): void {
    this.#errorCount += 1;
  }

  page(): Page {
    const reasons = [...this.#reasons.values(), ...this.#silence()];
    const extra = Object.assign({}, ...this.#extensions.map((fields) => fields())) as Record<string, JsonValue>;
    const fields = {
      ...extra,
      last_events_time: utcWithoutZone(this.#lastEventsMs),
      last_heartbeat: utcWithoutZone(this.#lastHeartbeatMs),
      seconds_without_events_threshold: this.#options.secondsWithoutEvents,
      last_heartbeat_threshold: 0,
      error_count: this.#errorCount,
      ...(reasons.length > 0 ? { unhealthy: reasons } : {}),
    };
    return {
      status: reasons.length > 0 ? 500 : 200,
      contentType: 'application/json',
      body: `${this.#options.scrubber.stringify(fields)}\n`,
    };
  }

  #silence(): string[] {
    const limit = this.#options.secondsWithoutEvents;
    const silent = (this.#now() - this.#lastEventsMs) / 1_000;
    return limit > 0 && silent >= limit ? [`No events were delivered for ${Math.floor(silent)} s.`] : [];
  }
}
