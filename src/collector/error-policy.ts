import { OutOfReachError, RangeRefusedError, UnavailableError } from '../model/errors.js';
import type { TimeRange } from '../model/progress.js';

/** What is known when reading a range has failed. */
export interface Situation {
  readonly range: TimeRange;
  readonly nowMs: number;
  /** How far back the service can be asked by its documentation, in ms. */
  readonly historyMs: number;
  /** How often in a row reading failed, this time included: of live mail, or of older time. */
  readonly failures: number;
  /** Whether time that has nothing to do with the range was found to be refused as well, a short while ago. */
  readonly isOutage: boolean;
}

/** What to do next. */
export type Decision =
  /** Wait as the class of this error asks for, and plan again. */
  | { readonly kind: 'wait'; readonly error: unknown }
  /** The service keeps no more than this: what is older is a gap. */
  | { readonly kind: 'learn-history'; readonly historyMs: number }
  /** Find out whether the range or the service is at fault, by asking for unrelated time. */
  | { readonly kind: 'examine'; readonly error: Error };

const DAY_MS = 86_400_000;
/** A page was asked for several times by then: what fails again is worth a look. */
const EXAMINED_AFTER_FAILURES = 2;

/**
 * What a failure means: the one place where the class of an error decides. Three things are told apart by evidence, not
 * by the status alone: the session (credentials, permissions), the service (the same answer to unrelated time), and the
 * range.
 */
export function decide(thrown: unknown, situation: Situation): Decision {
  const error = byDocumentation(thrown, situation);
  if (error instanceof OutOfReachError && isPlausible(error, situation))
    return { kind: 'learn-history', historyMs: error.historyMs };
  if (error instanceof OutOfReachError || error instanceof RangeRefusedError)
    return situation.isOutage ? { kind: 'wait', error: asOutage(error) } : { kind: 'examine', error };
  const isSuspect =
    error instanceof UnavailableError && error.mayBeTheRange && situation.failures >= EXAMINED_AFTER_FAILURES;
  return isSuspect && !situation.isOutage ? { kind: 'examine', error } : { kind: 'wait', error };
}

/** A refusal that meets unrelated time as well says nothing about the range. */
export function asOutage(error: Error): Error {
  if (error instanceof UnavailableError) return error;
  return new UnavailableError(`${error.message} It refuses unrelated time as well, so the service is disturbed.`);
}

/** What is refused although nothing is wrong with it but its age has slipped out of reach. */
function byDocumentation(error: unknown, { range, nowMs, historyMs }: Situation): unknown {
  if (!(error instanceof RangeRefusedError) || range.start >= nowMs - historyMs) return error;
  return new OutOfReachError(error.message, historyMs);
}

/**
 * A refusal that names a limit which the range did not come near is not believed: it would give up time that can be
 * read.
 */
function isPlausible(error: OutOfReachError, { range, nowMs }: Situation): boolean {
  const near = Math.min(DAY_MS, error.historyMs / 2);
  return range.start < nowMs - error.historyMs + near;
}
