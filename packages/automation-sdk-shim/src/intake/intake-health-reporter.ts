import type { Health } from '../health.js';
import type { Log } from '../log/log.js';
import { REAL_TIMERS, type Timers } from '../time.js';
import type { NotTaken } from './reading.js';

const MINUTE_MS = 60_000;
const WARNING_EVERY_MS = MINUTE_MS;
const ERROR_AFTER_MS = 5 * MINUTE_MS;
/** A new intake is known after some minutes. */
const KEY_ERROR_AFTER_MS = 30 * MINUTE_MS;
/** One answer, or two, may be a moment's mistake of something in between. */
const CRITICAL_SETTINGS_RESPONSES = 3;
const MATTER = 'intake';
const IDS_MATTER = 'event ids';

export interface ReporterOptions {
  /** The intake's host, for messages. */
  readonly host: string;
  readonly log: Log;
  readonly health: Health;
  readonly now?: (() => number) | undefined;
  readonly errorAfterMs?: number | undefined;
  readonly timers?: Timers | undefined;
}

/** By what has to be said: `passing` is an outage, the others are as in `NotTaken`. */
type Trouble = 'passing' | Exclude<NotTaken['kind'], 'failed' | 'away' | 'short'>;

const TROUBLES: Readonly<Record<NotTaken['kind'], Trouble>> = {
  failed: 'passing',
  away: 'passing',
  short: 'unacknowledged',
  slow: 'slow',
  unacknowledged: 'unacknowledged',
  refused: 'refused',
  key: 'key',
  settings: 'settings',
  misdirected: 'misdirected',
};

const HELD = 'They are held and sent again; nothing is lost.';
const UNTIL_MENDED = 'The events are held and sent once that is done.';

/** Those that turn from a warning into an error after `errorAfterMs`. */
const TIMED: ReadonlySet<Trouble> = new Set(['passing', 'slow', 'refused']);

/** What follows the reason in a warning. */
const WARNINGS: Readonly<Record<Trouble, string>> = {
  passing: `${HELD} If this lasts, check the intake's status and the network.`,
  refused: `It refuses every event, so the events are not to blame. ${HELD}`,
  key: `The intake key may not be active yet: a new intake takes some minutes. ${HELD}`,
  settings: `The intake key or the intake server may be wrong. ${HELD}`,
  slow: `The events are sent again in smaller batches with more time, which may repeat them. Nothing is lost. If this lasts, check the intake's status and the network.`,
  unacknowledged: HELD,
  misdirected: HELD,
};

/** What follows it once a person should look. */
const GUIDANCE: Readonly<Record<Trouble, string>> = {
  passing: `${HELD} Check the intake's status and the network.`,
  refused: `It refuses every event, so the events are not to blame. Check in Sekoia.io that the intake of "intake_key" is the one meant for these events and has their format (the one that "intake_format" names, where there is this setting), and correct the settings or the intake. ${UNTIL_MENDED}`,
  key: `The intake key is probably wrong: copy it again from the intake's page in Sekoia.io into "intake_key", and check that "intake_server" is that of its region. ${UNTIL_MENDED}`,
  settings: `The intake key or the intake server is wrong: correct the settings "intake_key" and "intake_server". ${UNTIL_MENDED}`,
  slow: `The events are sent again in smaller batches with more time, which may repeat them. Nothing is lost. Check the intake's status and the network.`,
  unacknowledged: `Nothing shows that the events were stored. They are held and sent again for an hour, which may repeat them, and are then rejected. Report this to Sekoia.io's support.`,
  misdirected: `Set "intake_server" to the address of the intake itself. ${UNTIL_MENDED}`,
};

/**
 * Reports a time in which the intake takes no events: `degraded` at once; a warning at most once a minute; an error
 * after 5 minutes, or at once where the answer itself needs a look; an info when it is over. A critical entry shows the
 * playbook as crashed, so there is one only once the intake has turned the module away three times in a row.
 */
export class IntakeHealthReporter {
  readonly #options: ReporterOptions;
  readonly #now: () => number;
  /** When each trouble began, in ms. */
  readonly #since = new Map<Trouble, number>();
  readonly #advised = new Set<Trouble>();
  #warnedMs: number | undefined;
  /** When it was said last that ids were missing. */
  #shortMs: number | undefined;
  #isKeySaid = false;
  #settingsInARow = 0;
  #cancelError: () => void = () => undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  failed({ kind, reason }: NotTaken): void {
    const trouble = TROUBLES[kind];
    this.#settingsInARow = trouble === 'settings' ? this.#settingsInARow + 1 : 0;
    const sinceMs = this.#since.get(trouble) ?? this.#now();
    this.#since.set(trouble, sinceMs);
    this.#setHealth(reason);
    if (this.#isGuidanceDue(trouble, this.#now() - sinceMs)) {
      this.#advise(trouble, reason);
      return;
    }
    this.#warn(trouble, reason);
    if (!TIMED.has(trouble)) return;
    // A timer besides: the wait that the intake asks for can be longer than the limit.
    this.#cancelError();
    const leftMs = this.#errorAfterMs - (this.#now() - sinceMs);
    const onTime = () => this.#advised.has(trouble) || this.#advise(trouble, reason);
    this.#cancelError = (this.#options.timers ?? REAL_TIMERS).after(Math.max(0, leftMs), onTime);
  }

  /** The intake took something. */
  over(): void {
    if (this.#since.size === 0) return;
    this.#options.log.info(`The intake at ${this.#options.host} takes events again.`);
    this.#options.health.restored(MATTER);
    this.#since.clear();
    this.#advised.clear();
    this.#warnedMs = undefined;
    this.#isKeySaid = false;
    this.#settingsInARow = 0;
    this.pause();
  }

  /** The intake took events and gave ids for only `named` of `events`, so that some of them may be missing. */
  named(named: number, events: number): void {
    const { health, host, log } = this.#options;
    const ids = named === 1 ? '1 event id' : `${named} event ids`;
    const message = `The intake at ${host} named ${ids} for ${events} events.`;
    health.degraded(message, IDS_MATTER);
    const now = this.#now();
    if (this.#shortMs !== undefined && now - this.#shortMs < WARNING_EVERY_MS) return;
    this.#shortMs = now;
    log.error(
      `${message} Which events it stored is not known. Those without an id are sent again in parts, which may repeat them. An event that gets no id then is rejected. If this comes again, report it to Sekoia.io's support. [SDK-INTAKE]`,
    );
  }

  /** A batch was acknowledged at its first try, event by event. */
  namedAll(): void {
    this.#options.health.restored(IDS_MATTER);
  }

  /** Nothing is being sent at present, so time that passes says nothing about the intake. */
  pause(): void {
    this.#cancelError();
  }

  get #errorAfterMs(): number {
    return this.#options.errorAfterMs ?? ERROR_AFTER_MS;
  }

  #setHealth(reason: string): void {
    const { health, host } = this.#options;
    const text = `The intake at ${host} takes no events: ${reason}.`;
    if (this.#settingsInARow >= CRITICAL_SETTINGS_RESPONSES) health.misconfigured(text, MATTER);
    else health.degraded(text, MATTER);
  }

  #isGuidanceDue(trouble: Trouble, lastsMs: number): boolean {
    if (this.#advised.has(trouble)) return false;
    switch (trouble) {
      case 'passing':
      case 'slow':
      case 'refused':
        return lastsMs >= this.#errorAfterMs;
      case 'key':
        return lastsMs >= KEY_ERROR_AFTER_MS;
      case 'settings':
        return this.#settingsInARow >= CRITICAL_SETTINGS_RESPONSES;
      case 'unacknowledged':
      case 'misdirected':
        return true;
    }
  }

  #advise(trouble: Trouble, reason: string): void {
    this.#advised.add(trouble);
    this.#warnedMs = this.#now();
    const { host, log } = this.#options;
    const message = `The intake at ${host} takes no events: ${reason}. ${GUIDANCE[trouble]} [SDK-INTAKE]`;
    if (trouble === 'settings') log.critical(message);
    else log.error(message);
  }

  #warn(trouble: Trouble, reason: string): void {
    const now = this.#now();
    // A key that is not active yet is the normal beginning of a new intake: it is said once.
    const isSaid = trouble === 'key' && this.#isKeySaid;
    const isRecent = this.#warnedMs !== undefined && now - this.#warnedMs < WARNING_EVERY_MS;
    if (isSaid || isRecent) return;
    this.#warnedMs = now;
    this.#isKeySaid ||= trouble === 'key';
    this.#options.log.warning(
      `The intake at ${this.#options.host} takes no events: ${reason}. ${WARNINGS[trouble]} [SDK-INTAKE]`,
    );
  }
}
