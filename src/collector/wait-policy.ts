import { DateTime } from 'luxon';
import type { PersistentDocument } from '../model/ports.js';
import { acceptor } from '../model/stored.js';

/** How long to wait after a failure, and how loudly to report it: pure decisions. All times in milliseconds. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long to wait after the nth failure in a row: doubling, up to a longest wait. */
export interface Waits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** A service that is away is asked again soon: that costs little, and mail is late meanwhile. */
export const RETRY_WAITS: Waits = { firstMs: SECOND_MS, maxMs: MINUTE_MS };
/** A person must act first, and is not helped by more tries. */
const SETTINGS_WAITS: Waits = { firstMs: MINUTE_MS, maxMs: 10 * MINUTE_MS };
/** Each try counts towards locking the account. */
const LOCKING_WAITS: Waits = { firstMs: MINUTE_MS, maxMs: HOUR_MS };
export const NOT_READY_WAITS: Waits = { firstMs: 5 * MINUTE_MS, maxMs: 5 * MINUTE_MS };
/** A session that worked so recently is more likely disturbed than misconfigured. */
const RECENTLY_MS = HOUR_MS;
/** So many refusals in a row are no disturbance. */
const SETTINGS_AFTER_REFUSALS = 3;
/** What lasts so long is an error, not a warning. */
const ERROR_AFTER_MS = 5 * MINUTE_MS;
const WARNING_EVERY_MS = MINUTE_MS;

/** @param failures in a row, from 1 on */
export function waitAfter(failures: number, { firstMs, maxMs }: Waits): number {
  return Math.min(firstMs * 2 ** Math.max(0, failures - 1), maxMs);
}

/** The longest that the nth refusal in a row is ever waited out. */
export function maxRefusedWait(refusals: number): number {
  return waitAfter(refusals, LOCKING_WAITS);
}

/** What is known of refused credentials, permissions and addresses since reading worked last. */
export interface Refusals {
  /** In a row; one that was asked again in place counts as two. */
  readonly refusals: number;
  /** How often they were waited out as a disturbance. */
  readonly disturbances: number;
  /** How often they were waited out as wrong settings. */
  readonly settled: number;
}

export const NO_REFUSALS: Refusals = { refusals: 0, disturbances: 0, settled: 0 };

export interface HttpErrorDecision {
  /** A person must change a setting: anything else may pass. */
  readonly isSettled: boolean;
  readonly waitMs: number;
  readonly next: Refusals;
}

/** What one more refusal means. The first wait of each kind is the shortest one, however many refusals led to it. */
export function onHttpError(
  before: Refusals,
  error: { readonly refusals: number; readonly mayLock: boolean },
  sinceWorkedMs: number,
): HttpErrorDecision {
  const refusals = before.refusals + error.refusals;
  if (sinceWorkedMs < RECENTLY_MS && refusals < SETTINGS_AFTER_REFUSALS) {
    const disturbances = before.disturbances + 1;
    return {
      isSettled: false,
      waitMs: waitAfter(disturbances, RETRY_WAITS),
      next: { ...before, refusals, disturbances },
    };
  }
  const settled = before.settled + 1;
  const waitMs = waitAfter(settled, error.mayLock ? LOCKING_WAITS : SETTINGS_WAITS);
  return { isSettled: true, waitMs, next: { ...before, refusals, settled } };
}

/** What was reported of failures that pass, since everything worked. */
export interface Reports {
  /** When the first of them happened. */
  readonly sinceMs: number;
  readonly isEscalated: boolean;
  /**
   * The class of the failure that was reported last, and when. Outlives a recovery: what flickers is reported as
   * rarely.
   */
  readonly last: { readonly name: string; readonly atMs: number } | undefined;
}

/** A warning once a minute, or at once for another class of failure; one error after five minutes. */
export function severityOf(reports: Reports, name: string, nowMs: number): 'error' | 'warning' | 'none' {
  if (!reports.isEscalated && nowMs - reports.sinceMs >= ERROR_AFTER_MS) return 'error';
  const { last } = reports;
  return last?.name !== name || nowMs - last.atMs >= WARNING_EVERY_MS ? 'warning' : 'none';
}

/** How often the service refused the credentials in a row, and when they may be tried again. Times in ms since 1970. */
export interface RefusedSignIn {
  readonly refusals: number;
  readonly nextTryMs: number;
}

/** `sign-in.json` in the data folder; times in ISO 8601, UTC. */
interface Content {
  readonly refusals: number;
  readonly next_try: string;
  /** Tells whether the credentials were changed since; says nothing about them. */
  readonly credentials: string;
}

const isContent = acceptor<Content>({
  type: 'object',
  required: ['refusals', 'next_try', 'credentials'],
  properties: {
    refusals: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    next_try: { type: 'string', format: 'stored-time' },
    credentials: { type: 'string', maxLength: 100 },
  },
});

/**
 * Keeps the waits after refused credentials across restarts: a container that is restarted again and again would
 * otherwise try a wrong password each time, and lock the account. Changed credentials are tried at once.
 */
export class SignInBackoff {
  readonly #document: PersistentDocument;
  readonly #credentials: string;
  #stored = false;

  /** @param credentials a keyed hash of the credentials, worthless without its key */
  constructor(document: PersistentDocument, credentials: string) {
    this.#document = document;
    this.#credentials = credentials;
  }

  /** What was refused before this start; undefined for other credentials, or where nothing was. @throws StorageError */
  async load(): Promise<RefusedSignIn | undefined> {
    const content = await this.#document.read(isContent);
    if (!isContent(content) || content.refusals === 0) return undefined;
    this.#stored = true;
    if (content.credentials !== this.#credentials) return undefined;
    return { refusals: content.refusals, nextTryMs: DateTime.fromISO(content.next_try, { zone: 'utc' }).toMillis() };
  }

  /** @throws StorageError */
  async save({ refusals, nextTryMs }: RefusedSignIn): Promise<void> {
    const next_try = new Date(nextTryMs).toISOString();
    await this.#document.write({ refusals, next_try, credentials: this.#credentials } satisfies Content);
    this.#stored = true;
  }

  /** The credentials work. @throws StorageError */
  async clear(): Promise<void> {
    if (!this.#stored) return;
    await this.save({ refusals: 0, nextTryMs: 0 });
    this.#stored = false;
  }
}
