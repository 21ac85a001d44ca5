import { REPORTED_RETRY_AFTER_MS } from '@sekoia/automation-sdk-shim/budgets';
import { SettingsError, StorageError, UnavailableError } from '../errors.js';
import { inWords } from './in-words.js';

/** What the collector can have trouble with: reading from Microsoft, signing in to it, remembering. */
export type Matter = 'reading' | 'sign-in' | 'data folder';

/** `degraded`: it may pass by itself; `misconfigured`: a person must change a setting. */
export interface Trouble {
  readonly matter: Matter;
  readonly status: 'degraded' | 'misconfigured';
  readonly reason: string;
}

/** Failures in a row of the same page, after which it is more than a moment's failure. */
const REPORTED_TRIES = 2;

/** What a failure means for the status. @param isSettled whether a refusal is more than a disturbance */
export function troubleOf(error: Error, nowMs: number, isSettled = false): Trouble {
  const status = isSettled ? 'misconfigured' : 'degraded';
  if (error instanceof SettingsError) return { matter: 'sign-in', status, reason: error.message };
  if (error instanceof StorageError) return { matter: 'data folder', status, reason: error.message };
  const pause = pauseOf(error, nowMs);
  return { matter: 'reading', status, reason: pause === undefined ? error.message : `${error.message} ${pause}` };
}

/**
 * That a service asks to be left alone, and until when that is obeyed; undefined where it does not, or only for a
 * moment.
 */
export function pauseOf(error: Error, nowMs: number): string | undefined {
  if (!(error instanceof UnavailableError) || error.retryAfterMs < REPORTED_RETRY_AFTER_MS) return undefined;
  return `It asks for a pause: the next request is made at ${inWords(nowMs + error.retryAfterMs)}.`;
}

/** Whether a failure is reported although the same page is asked for again. @param tries failed ones in a row */
export function isReportedAtOnce(error: UnavailableError, tries: number): boolean {
  return error.retryAfterMs >= REPORTED_RETRY_AFTER_MS || tries >= REPORTED_TRIES;
}
