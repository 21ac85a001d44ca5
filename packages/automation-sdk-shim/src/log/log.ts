import { destination, type DestinationStream, pino, stdTimeFunctions } from 'pino';
import { errorLine, errorStack } from './foreign-text.js';
import type { Redactor } from './redactor.js';
import { MIN_SECRET_CHARACTERS } from './secret-index.js';

/** The platform's levels, lowest first. A `critical` entry shows the playbook as crashed. */
const LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;

export type Level = (typeof LEVELS)[number];

export function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}

function isAtLeast(level: Level, threshold: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(threshold);
}

/** Writes one finished text of a level. */
export type Write = (level: Level, text: string) => void;

/** JSON lines `{"level":"warning","time":"<ISO>","msg":"…"}` on standard error, written before the call returns. */
export function writeToStandardError(threshold: Level, stream: DestinationStream = standardError()): Write {
  const logger = pino(
    {
      customLevels: { debug: 20, info: 30, warning: 40, error: 50, critical: 60 },
      useOnlyCustomLevels: true,
      level: threshold,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return (level, text) => logger[level](text);
}

function standardError(): DestinationStream {
  const stream = destination({ dest: 2, sync: true });
  // A reader that went away must not end the collection, and there is nowhere left to say so.
  stream.on('error', () => undefined);
  return stream;
}

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

/** Tells of a secret as soon as it is read, before anything could be said about it; `name` is what holds it. */
export type Hide = (name: string, secret: string) => void;

/** Gives secrets to the redactor. Warns of those that are too short for it. */
export function hideWith(redactor: Redactor, log: Log): Hide {
  return (name, secret) => {
    if (redactor.add(secret)) return;
    log.warning(
      `"${name}" is too short to be kept out of logs (less than ${MIN_SECRET_CHARACTERS} characters). Choose a longer one.`,
    );
  };
}
