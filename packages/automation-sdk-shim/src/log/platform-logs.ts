import { type Backoff, backoffMs, SECOND_TO_MINUTE } from '../retry.js';
import { MAX_ACTION_LOG_CHARACTERS, MAX_LOG_MESSAGE_CHARACTERS } from '../budgets.js';
import { NetworkError } from '../http/network-error.js';
import type { HttpClient } from '../http/http-client.js';
import { RequestedWaits, retryAfterMs } from '../http/retry-after.js';
import { sleep, utcWithoutZone } from '../time.js';
import type { Level, LogShipper } from './log.js';

const INTERVAL_MS = 5_000;
const BATCH_SIZE = 50;
const STORED_ENTRIES = 1_000;
const RESPONSE_MS = 30_000;

interface Entry {
  readonly date: string;
  readonly level: Level;
  readonly message: string;
}

export interface PlatformLogsOptions {
  readonly url: string;
  readonly token: string;
  readonly http: HttpClient;
  /** Says on standard error how the shipping itself fares. */
  readonly report: (level: Level, message: string) => void;
  readonly intervalMs?: number;
  readonly backoff?: Backoff;
}

/**
 * Ships log entries to the platform: `POST url_logs {"logs":[{date, level, message}]}`, every 5 s, or once 50 are
 * waiting, or at once for error and critical. What could not be sent waits (the newest 1,000) and is tried again.
 * Only the first critical entry goes out as critical, since the platform shows the playbook as crashed from then on.
 */
export class PlatformLogs implements LogShipper {
  readonly #options: PlatformLogsOptions;
  readonly #closing = new AbortController();
  #entries: Entry[] = [];
  #dropped = 0;
  #failures = 0;
  readonly #requested = new RequestedWaits();
  /** What the platform asked for last, as far as it is obeyed. */
  #requestedMs = 0;
  #criticalSent = false;
  /** Whether the last request got an answer, whichever. */
  #hasAnswered = false;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: PlatformLogsOptions) {
    this.#options = options;
  }

  add(level: Level, message: string): void {
    if (this.#closing.signal.aborted) return;
    const shown: Level = level === 'critical' && this.#criticalSent ? 'error' : level;
    if (level === 'critical') this.#criticalSent = true;
    this.#keep({
      date: utcWithoutZone(Date.now()),
      level: shown,
      message: message.slice(0, MAX_LOG_MESSAGE_CHARACTERS),
    });
    const urgent = level === 'error' || level === 'critical' || this.#entries.length >= BATCH_SIZE;
    // While the platform does not answer, urgency must not turn the growing waits into a hammer.
    if (urgent && this.#failures === 0) this.#send();
    else this.#sendIn(this.#options.intervalMs ?? INTERVAL_MS);
  }

  /** Sends what is waiting, for at most `limitMs`, and stops. Says how much could not be sent. */
  async close(limitMs: number): Promise<void> {
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort();
      this.#closing.abort();
    }, limitMs);
    while (this.#waiting() && !limit.signal.aborted) {
      this.#send();
      await this.#sending;
      if (this.#failures > 0) await sleep(this.#waitMs(), limit.signal);
    }
    clearTimeout(timer);
    clearTimeout(this.#timer);
    this.#closing.abort();
    const lost = this.#entries.length + this.#dropped;
    if (lost > 0)
      this.#options.report('warning', `${lost} log entries could not be sent to the platform before the stop.`);
  }

  #waiting(): boolean {
    return this.#entries.length > 0 || this.#sending !== undefined;
  }

  #keep(entry: Entry): void {
    this.#entries.push(entry);
    const surplus = Math.max(0, this.#entries.length - STORED_ENTRIES);
    this.#entries.splice(0, surplus);
    this.#dropped += surplus;
  }

  #sendIn(ms: number): void {
    this.#timer ??= setTimeout(() => this.#send(), ms).unref();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      const more = this.#entries.length > 0 && !this.#closing.signal.aborted;
      if (more) this.#sendIn(this.#failures > 0 ? this.#waitMs() : 0);
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#entries.length > 0 && !this.#closing.signal.aborted) {
      const batch = this.#entries.splice(0, BATCH_SIZE);
      const dropped = this.#dropped;
      this.#dropped = 0;
      const failure = await this.#postOnceMore([...droppedNote(dropped), ...batch]);
      if (failure !== undefined) {
        this.#dropped += dropped;
        const added = this.#entries.splice(0);
        for (const entry of [...batch, ...added]) this.#keep(entry);
        if (this.#failures === 0)
          this.#options.report('warning', `The platform does not take logs: ${failure}. They are kept and sent later.`);
        this.#failures += 1;
        return;
      }
      if (this.#failures > 0) this.#options.report('info', 'The platform takes logs again.');
      this.#failures = 0;
    }
  }

  /**
   * A connection that was kept open may be closed by the other side in the moment in which it is used again: without an
   * answer, a first failure is tried again at once.
   */
  async #postOnceMore(logs: readonly Entry[]): Promise<string | undefined> {
    const failure = await this.#post(logs);
    const isFirst = this.#failures === 0 && !this.#hasAnswered && !this.#closing.signal.aborted;
    return failure !== undefined && isFirst ? this.#post(logs) : failure;
  }

  /** Why the platform did not take the entries; undefined where it did, or where trying again would never help. */
  async #post(logs: readonly Entry[]): Promise<string | undefined> {
    this.#requestedMs = 0;
    this.#hasAnswered = false;
    try {
      const response = await this.#options.http.send({
        method: 'POST',
        url: this.#options.url,
        headers: { Authorization: `Bearer ${this.#options.token}`, 'Content-Type': 'application/json' },
        body: Buffer.from(JSON.stringify({ logs })),
        responseMs: RESPONSE_MS,
        signal: this.#closing.signal,
      });
      this.#hasAnswered = true;
      if (response.status >= 200 && response.status < 300) {
        this.#requested.answered();
        return undefined;
      }
      this.#requestedMs = this.#requested.obey(retryAfterMs(response, Date.now()) ?? 0);
      if (![400, 413, 422].includes(response.status)) return `it answered ${response.status}`;
      this.#options.report(
        'error',
        `The platform refused ${logs.length} log entries with ${response.status}; they are only here.`,
      );
      return undefined;
    } catch (error) {
      if (error instanceof NetworkError) return error.message;
      throw error;
    }
  }

  #waitMs(): number {
    const ownMs = backoffMs(this.#options.backoff ?? SECOND_TO_MINUTE, this.#failures, Math.random());
    return Math.max(ownMs, this.#requestedMs);
  }
}

function droppedNote(count: number): Entry[] {
  if (count === 0) return [];
  const message = `${count} older log entries were dropped because the platform could not be reached.`;
  return [{ date: utcWithoutZone(Date.now()), level: 'warning', message }];
}

/**
 * Collects the log of an action, which the platform gets as one text with the results: a line
 * `2026-11-23 10:05:00.123: warning: <message>` for each entry, in UTC, as `format_logs` of the Python SDK's action.py
 * writes it. The newest `MAX_ACTION_LOG_CHARACTERS` stay.
 */
export class CollectedLogs implements LogShipper {
  readonly #lines: string[] = [];
  #characters = 0;
  #dropped = 0;

  add(level: Level, message: string): void {
    const date = utcWithoutZone(Date.now()).replace('T', ' ');
    const line = `${date}: ${level}: ${message.slice(0, MAX_LOG_MESSAGE_CHARACTERS)}\n`;
    this.#lines.push(line);
    this.#characters += line.length;
    while (this.#characters > MAX_ACTION_LOG_CHARACTERS) {
      this.#characters -= this.#lines.shift()?.length ?? 0;
      this.#dropped += 1;
    }
  }

  /** Undefined where nothing was logged. */
  text(): string | undefined {
    if (this.#lines.length === 0) return undefined;
    const note = this.#dropped === 0 ? '' : `${this.#dropped} older log entries were dropped.\n`;
    return note + this.#lines.join('');
  }
}
