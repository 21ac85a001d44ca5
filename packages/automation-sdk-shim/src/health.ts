import type { JsonValue } from './json.js';
import type { Scrubber } from './log/scrubber.js';
import type { Page } from './http/get-server.js';
import { utcWithoutZone } from './utc.js';

export interface HealthOptions {
  readonly scrubber: Scrubber;
  /** Unhealthy after so many seconds without events; 0 for never. */
  readonly secondsWithoutEvents: number;
  /** Unhealthy after so many seconds without a heartbeat; 0 for never. */
  readonly lastHeartbeatThreshold: number;
  readonly now?: () => number;
}

/** What a trigger has come to so far. */
export interface TriggerRecord {
  /** Errors since events were delivered last, or since the start. */
  readonly errorCount: number;
  /** Since the start. */
  readonly aliveMs: number;
  /** Since events were delivered last, or since the start. */
  readonly withoutEventsMs: number;
}

/**
 * Whether the module does its work, as told on the health port: 200, or 500 and why. Unhealthy while anything reports
 * so, and once a trigger has delivered no events, or given no heartbeat, for its thresholds (counted from the start at
 * first).
 */
export class Health {
  readonly #options: HealthOptions;
  readonly #now: () => number;
  readonly #reasons = new Map<string, string>();
  readonly #extensions: (() => Record<string, JsonValue>)[] = [];
  readonly #startedMs: number;
  #lastEventsMs: number;
  #lastHeartbeatMs: number;
  #errorCount = 0;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#startedMs = this.#now();
    this.#lastEventsMs = this.#startedMs;
    this.#lastHeartbeatMs = this.#startedMs;
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

  record(): TriggerRecord {
    const nowMs = this.#now();
    return {
      errorCount: this.#errorCount,
      aliveMs: nowMs - this.#startedMs,
      withoutEventsMs: nowMs - this.#lastEventsMs,
    };
  }

  page(): Page {
    const { secondsWithoutEvents, lastHeartbeatThreshold } = this.#options;
    const reasons = [
      ...this.#reasons.values(),
      ...this.#silence('events were delivered', this.#lastEventsMs, secondsWithoutEvents),
      ...this.#silence('heartbeat was given', this.#lastHeartbeatMs, lastHeartbeatThreshold),
    ];
    const extra = Object.assign({}, ...this.#extensions.map((fields) => fields())) as Record<string, JsonValue>;
    const fields = {
      ...extra,
      last_events_time: utcWithoutZone(this.#lastEventsMs),
      last_heartbeat: utcWithoutZone(this.#lastHeartbeatMs),
      seconds_without_events_threshold: secondsWithoutEvents,
      last_heartbeat_threshold: lastHeartbeatThreshold,
      error_count: this.#errorCount,
      ...(reasons.length > 0 ? { unhealthy: reasons } : {}),
    };
    return {
      status: reasons.length > 0 ? 500 : 200,
      contentType: 'application/json',
      body: `${this.#options.scrubber.stringify(fields)}\n`,
    };
  }

  #silence(what: string, lastMs: number, limitSeconds: number): string[] {
    const silentSeconds = (this.#now() - lastMs) / 1_000;
    if (limitSeconds <= 0 || silentSeconds < limitSeconds) return [];
    return [`No ${what} for ${Math.floor(silentSeconds)} s.`];
  }
}
