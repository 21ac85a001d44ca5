/**
 * An error that an operator meets in the log. Its message says what happened and what to do; docs/errors.md explains
 * each.
 */
export abstract class CodedError extends Error {
  /** Appended to the log message of this error, for people who search logs or alert on them. Never changes. */
  abstract readonly code: string;
}

/** What is logged about an error: a text that has its message in it, and its code. */
export function withCode(error: CodedError, text = error.message): string {
  return `${text} [${error.code}]`;
}

/**
 * The settings cannot work as they are: a person has to change them, and trying again would not help.
 * Thrown by `Trigger.run()` or by its constructor it is logged once as critical; then nothing happens until stop.
 * The message is shown to the operator: it names each setting as the form does and says what it should be.
 */
export class ConfigurationError extends CodedError {
  override readonly name = 'ConfigurationError';
  override readonly code = 'SDK-CONFIGURATION';
}

/** A half-open interval [from, to) of indices into the events given to `IntakeClient.deliver`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Delivery was stopped through its signal. Those of the events [from, to) that have no receipt were not acknowledged;
 * of these, `uncertain` were being sent when it stopped or went without a clear answer before, so that the intake may
 * have them. All others have certainly not arrived.
 */
export class UndeliveredError extends Error implements Span {
  override readonly name = 'UndeliveredError';
  readonly from: number;
  readonly to: number;
  readonly uncertain: Span | undefined;

  constructor(undelivered: Span, uncertain: Span | undefined) {
    const doubt =
      uncertain === undefined
        ? 'none of the others has arrived'
        : `events ${uncertain.from} to ${uncertain.to - 1} may have arrived`;
    super(
      `Delivery was stopped before all events from ${undelivered.from} to ${undelivered.to - 1} were acknowledged; ${doubt}. Deliver them again after the restart.`,
    );
    this.from = undelivered.from;
    this.to = undelivered.to;
    this.uncertain = uncertain;
  }
}

/**
 * A service of Sekoia's did not do what it was asked. `status` is that of its last answer, undefined where none came.
 * With none, or with 5xx, the fault is Sekoia's, and does not count among a trigger's errors.
 */
export abstract class ServiceError extends CodedError {
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined) {
    super(message);
    this.status = status;
  }
}

/**
 * The platform did not take what was sent to its callback: an event of `Trigger.sendEvent`, or the result of an
 * action or a validator.
 */
export class SendEventError extends ServiceError {
  override readonly name = 'SendEventError';
  override readonly code = 'SDK-CALLBACK';
}

/**
 * Another process works in the data folder, or may do so. The message names it and says what to do.
 */
export class LockHeldError extends CodedError {
  override readonly name = 'FolderHeldError';
  override readonly code = 'SDK-FOLDER-HELD';
}

/** manifest.json or a card of the module cannot be used: a fault of the image, not of the operator. */
export class CardError extends CodedError {
  override readonly name = 'CardError';
  override readonly code = 'SDK-CARD';
}
