import type { JsonValue } from './json.js';
import type { Redactor } from './log/redactor.js';
import type { Page } from './http/get-server.js';
import { assess, type Assessment, type Problem, type Status } from './status.js';
import { utcWithoutZone } from './time.js';

const HOUR_MS = 3_600_000;
/** Beyond every wait that a trigger does not announce: the longest is an hour, after refused credentials. */
const HANGS_AFTER_MS = 2 * HOUR_MS;

export interface HealthOptions {
  readonly redactor: Redactor;
  /** Not live after so many seconds with neither an event nor a heartbeat; 0 for never. */
  readonly secondsWithoutEvents: number;
  /** Not live after so many seconds without a heartbeat; 0 for never. */
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
 * Whether the module is alive (`/health`) and how it is doing (in the body, and as the status of `/ready`).
 *
 * `/health` is a liveness probe: the platform ends a container that answers 500, as Sekoia's SDK says ("it will be
 * restarted"). So it answers 500 only where a restart can help: after hours with neither an event nor a heartbeat (the
 * SDK's rule and its thresholds), or when the trigger's loop hangs. Every other problem is a 200 with the reasons.
 */
export class Health {
  readonly #options: HealthOptions;
  readonly #now: () => number;
  readonly #problems = new Map<string, Problem>();
  readonly #extensions: (() => Record<string, JsonValue>)[] = [];
  readonly #startedMs: number;
  #quietSeconds: number;
  #lastEventsMs: number;
  #lastHeartbeatMs: number;
  /** When the next sign of life is overdue. */
  #hangsAtMs = Infinity;
  #workEveryMs = Infinity;
  #errorCount = 0;
  #hasBeat = false;

  constructor(options: HealthOptions) {
    this.#options = options;
    // A system clock that is set meanwhile is no silence.
    this.#now = options.now ?? (() => performance.timeOrigin + performance.now());
    this.#startedMs = this.#now();
    this.#quietSeconds = options.secondsWithoutEvents;
    this.#lastEventsMs = this.#startedMs;
    this.#lastHeartbeatMs = this.#startedMs;
  }

  /** Something fails that may pass by itself, until `restored` is called for the same matter. */
  degraded(reason: string, matter = 'trigger'): void {
    this.#report('degraded', reason, matter);
  }

  /** A person must change a setting or a credential, until `restored` is called for the same matter. */
  misconfigured(reason: string, matter = 'trigger'): void {
    this.#report('misconfigured', reason, matter);
  }

  restored(matter = 'trigger'): void {
    this.#problems.delete(matter);
  }

  /** Adds fields of the trigger's own to the body; asked each time. */
  extend(fields: () => Record<string, JsonValue>): void {
    this.#extensions.push(fields);
  }

  /** Called by a trigger that has completed a piece of work, even if there was nothing to deliver. */
  heartbeat(): void {
    this.#hasBeat = true;
    this.#lastHeartbeatMs = this.#now();
  }

  /**
   * A sign of life of the trigger's loop, which now waits for `waitMs`. From the first call on, a loop that hangs is
   * noticed.
   */
  alive(waitMs = 0): void {
    this.#hangsAtMs = this.#now() + waitMs + HANGS_AFTER_MS;
  }

  /** From now on a piece of work should be completed at least that often: `degraded` where none is for longer. */
  expectWorkEvery(intervalMs: number): void {
    this.#workEveryMs = intervalMs;
  }

  /** A trigger that works at longer intervals than usual is allowed that much time without events or heartbeat. */
  allowQuiet(seconds: number): void {
    if (this.#quietSeconds > 0) this.#quietSeconds = Math.max(this.#quietSeconds, seconds);
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

  get status(): Status {
    return this.#assess().status;
  }

  /** What `/health` answers: 500 only where a restart helps. */
  liveness(): Page {
    const assessment = this.#assess();
    return this.#page(assessment, assessment.isAlive ? 200 : 500);
  }

  /**
   * What `/ready` answers: 200 while the module works as it should, 503 before its first success and while it does not.
   */
  readiness(): Page {
    const assessment = this.#assess();
    return this.#page(assessment, assessment.isReady ? 200 : 503);
  }

  #report(status: Problem['status'], reason: string, matter: string): void {
    const sinceMs = this.#problems.get(matter)?.sinceMs ?? this.#now();
    this.#problems.set(matter, { status, reason, sinceMs });
  }

  #assess(): Assessment {
    const orNever = (seconds: number) => (seconds > 0 ? seconds * 1_000 : Infinity);
    return assess({
      nowMs: this.#now(),
      problems: this.#problems,
      hasWorked: this.#hasBeat,
      workedMs: this.#lastHeartbeatMs,
      workEveryMs: this.#workEveryMs,
      mayBeQuietMs: orNever(this.#quietSeconds),
      mayBeWithoutHeartbeatMs: orNever(this.#options.lastHeartbeatThreshold),
      hangsAtMs: this.#hangsAtMs,
    });
  }

  #page({ status, reasons }: Assessment, httpStatus: number): Page {
    const extra = Object.assign({}, ...this.#extensions.map((fields) => fields())) as Record<string, JsonValue>;
    const fields = {
      ...extra,
      status,
      reasons: reasons.map(({ sinceMs, ...reason }) => ({ ...reason, since: new Date(sinceMs).toISOString() })),
      last_events_time: utcWithoutZone(this.#lastEventsMs),
      last_heartbeat: utcWithoutZone(this.#lastHeartbeatMs),
      seconds_without_events_threshold: this.#quietSeconds,
      last_heartbeat_threshold: this.#options.lastHeartbeatThreshold,
      error_count: this.#errorCount,
    };
    return {
      status: httpStatus,
      contentType: 'application/json',
      body: `${this.#options.redactor.stringify(fields)}\n`,
    };
  }
}
