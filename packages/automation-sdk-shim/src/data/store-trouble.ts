import { ConfigurationError, LockHeldError, withCode } from '../errors.js';
import type { Health } from '../health.js';
import { errorLine } from '../log/error-text.js';
import type { Log } from '../log/log.js';
import { StoreError } from './store-error.js';

const MATTER = 'data folder';
const ERROR_AFTER_MS = 300_000;

/** Reports a store that cannot be used: warnings, once an error after 5 minutes, and an info when it works again. */
export class StoreTrouble {
  readonly #log: Log;
  readonly #health: Health;
  readonly #now: () => number;
  #sinceMs: number | undefined;
  #escalated = false;

  constructor(log: Log, health: Health, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#health = health;
    this.#now = now;
  }

  /** @throws what waiting does not mend: a store that another process holds, wrong settings */
  failed(error: unknown): void {
    if (error instanceof LockHeldError || error instanceof ConfigurationError) throw error;
    const trouble =
      error instanceof StoreError ? error : new StoreError(`The data folder cannot be used (${errorLine(error)}).`);
    const message = `${trouble.message} Nothing is collected until it can be used, because delivering without remembering would repeat.`;
    this.#health.degraded(message, MATTER);
    this.#sinceMs ??= this.#now();
    if (this.#escalated || this.#now() - this.#sinceMs < ERROR_AFTER_MS) {
      this.#log.warning(withCode(trouble, message));
      return;
    }
    this.#escalated = true;
    this.#log.error(withCode(trouble, `This has lasted 5 min. ${message}`));
  }

  over(): void {
    if (this.#sinceMs === undefined) return;
    this.#health.restored(MATTER);
    this.#log.info('The data folder can be used again.');
  }
}
