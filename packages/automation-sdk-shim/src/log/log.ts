import { errorLine, errorStack } from './error-text.js';
import { isAtLeast, type Level } from './levels.js';
import type { Redactor } from './scrubber.js';
import type { Write } from './standard-error.js';

const REPEAT_MS = 60_000;
const REMEMBERED_MESSAGES = 1_000;

/** Where entries go besides standard error. */
export interface LogShipper {
  add(level: Level, message: string): void;
}

/** Where errors go besides. */
export interface ErrorReporter {
  /** `message` is scrubbed, what was thrown is not. */
  report(level: 'error' | 'critical', message: string, thrown?: unknown): void;
}

/** What is written where; `shipped` is the text for the platform, which gets no stack traces. */
interface Texts {
  readonly written: string;
  readonly shipped: string;
  readonly thrown?: unknown;
}

export interface LogOptions {
  readonly redactor: Redactor;
  readonly write: Write;
  /** Entries below it go nowhere. */
  readonly threshold: Level;
  readonly now?: () => number;
}

/**
 * The module's log: standard error, and the platform once `shipTo` was called. Texts are scrubbed here.
 * The same message of the same level passes once in 60 s; critical always does.
 * Levels by what happened to the data: info, all is well; warning, it is late but nothing is lost; error, a person
 * should look; critical, it has stopped.
 */
export class Log {
  readonly #options: LogOptions;
  readonly #now: () => number;
  readonly #lastPassed = new Map<string, number>();
  #shipper: LogShipper | undefined;
  #reporter: ErrorReporter | undefined;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  shipTo(shipper: LogShipper): void {
    this.#shipper = shipper;
  }

  /** From now on entries of the levels error and critical are reported, repetitions left out. */
  reportTo(reporter: ErrorReporter): void {
    this.#reporter = reporter;
  }

  debug(message: string): void {
    this.#pass('debug', { written: message, shipped: message });
  }

  info(message: string): void {
    this.#pass('info', { written: message, shipped: message });
  }

  warning(message: string): void {
    this.#pass('warning', { written: message, shipped: message });
  }

  error(message: string): void {
    this.#pass('error', { written: message, shipped: message });
  }

  critical(message: string): void {
    this.#pass('critical', { written: message, shipped: message });
  }

  /** An unexpected error: one line of it to the platform, its stack to standard error only. */
  exception(error: unknown, message: string): void {
    this.#pass('error', {
      written: `${message}\n${errorStack(error)}`,
      shipped: `${message}\n${errorLine(error)}`,
      thrown: error,
    });
  }

  /** Standard error only, and every time: what is said about the shipping of logs cannot itself be shipped. */
  local(level: Level, message: string): void {
    this.#options.write(level, this.#options.redactor.redact(message));
  }

  #pass(level: Level, texts: Texts): void {
    if (!isAtLeast(level, this.#options.threshold)) return;
    const shipped = this.#options.redactor.redact(texts.shipped);
    if (level !== 'critical' && this.#isRepetition(`${level} ${shipped}`)) return;
    this.#options.write(level, this.#options.redactor.redact(texts.written));
    this.#shipper?.add(level, shipped);
    if (level === 'error' || level === 'critical') this.#reporter?.report(level, shipped, texts.thrown);
  }

  #isRepetition(key: string): boolean {
    const now = this.#now();
    const last = this.#lastPassed.get(key);
    if (last !== undefined && now >= last && now - last < REPEAT_MS) return true;
    // Inserted again, the map stays ordered by time and its first entry is the oldest.
    this.#lastPassed.delete(key);
    this.#lastPassed.set(key, now);
    for (const oldest of this.#lastPassed.keys()) {
      if (this.#lastPassed.size <= REMEMBERED_MESSAGES) break;
      this.#lastPassed.delete(oldest);
    }
    return false;
  }
}
