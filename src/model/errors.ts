/**
 * The errors that the collector distinguishes. The class says what to do next. Messages are never parsed.
 * Every message is one or two sentences and ends with the operator's next step where there is one. docs/errors.md
 * explains each.
 */
export abstract class CollectorError extends Error {
  /** Appended to the log message of this error, for people who search logs or alert on them. Never changes. */
  abstract readonly code: string;
  /** The message without the remedy. */
  readonly sentence: string;
  /** The operator's next step, with which the message ends, where it is known apart from the rest. */
  readonly remedy: string | undefined;

  constructor(sentence: string, remedy?: string) {
    super(remedy === undefined ? sentence : `${sentence} ${remedy}`);
    this.sentence = sentence;
    this.remedy = remedy;
  }
}

/** What is logged about an error: its message, what happens next, and its code. */
export function sentenceOn(error: CollectorError, next: string): string {
  return `${error.message} ${next} [${error.code}]`;
}

export interface UnavailableOptions {
  /** How long the service asked to be left alone, in ms, as far as that is obeyed. Default 0. */
  readonly retryAfterMs?: number;
  /**
   * Whether the range that was asked for may be the cause: a row that the service cannot answer, or too many of them.
   * Default false.
   */
  readonly mayBeTheRange?: boolean;
}

/** No answer that can be used: ask again later. Nothing is lost meanwhile. */
export class UnavailableError extends CollectorError {
  override readonly name = 'UnavailableError';
  override readonly code = 'MT-UNAVAILABLE';
  readonly retryAfterMs: number;
  readonly mayBeTheRange: boolean;

  constructor(message: string, { retryAfterMs = 0, mayBeTheRange = false }: UnavailableOptions = {}) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.mayBeTheRange = mayBeTheRange;
  }

  /** The same failure, where only so much of the wait is obeyed. */
  waitingFor(retryAfterMs: number): UnavailableError {
    if (retryAfterMs === this.retryAfterMs) return this;
    return new UnavailableError(this.message, { retryAfterMs, mayBeTheRange: this.mayBeTheRange });
  }
}

/** The same question is not worth repeating at once: what to ask is planned again. */
export class PlanAgainError extends UnavailableError {}

/** A person must act: a name, a password, a role or a setting is wrong. Ask again rarely: accounts get locked. */
export class SettingsError extends CollectorError {
  override readonly name = 'SettingsError';
  override readonly code = 'MT-SETTINGS';
  /** Whether each try counts towards locking an account. */
  readonly mayLock: boolean;
  /** How many refusals in a row it stands for. */
  readonly refusals: number;

  constructor(
    sentence: string,
    {
      mayLock = false,
      refusals = 1,
      remedy,
    }: { readonly mayLock?: boolean; readonly refusals?: number; readonly remedy?: string | undefined } = {},
  ) {
    super(sentence, remedy);
    this.mayLock = mayLock;
    this.refusals = refusals;
  }
}

/**
 * An operator must act, or has acted already and the change takes hours to work. The request is repeated every few
 * minutes: that cannot lock anything.
 */
export class NotReadyError extends CollectorError {
  override readonly name = 'NotReadyError';
  override readonly code = 'MT-NOT-READY';
}

/** This range cannot be read as it is (dead page link, refused query, answers that do not page): read it in halves. */
export class RangeRefusedError extends CollectorError {
  override readonly name = 'RangeRefusedError';
  override readonly code = 'MT-RANGE-REFUSED';
}

/** The service keeps no history as old as the start of the range: what is older is a gap. */
export class OutOfReachError extends CollectorError {
  override readonly name = 'OutOfReachError';
  override readonly code = 'MT-OUT-OF-REACH';
  /** How far back the service says it can be asked, in milliseconds. */
  readonly historyMs: number;

  constructor(message: string, historyMs: number) {
    super(message);
    this.historyMs = historyMs;
  }
}

/** The data folder cannot be read or written: nothing may be delivered that cannot be remembered. */
export class StorageError extends CollectorError {
  override readonly name = 'StorageError';
  override readonly code = 'MT-STORAGE';
}
