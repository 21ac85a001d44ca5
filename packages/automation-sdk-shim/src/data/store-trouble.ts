import { ConfigurationError, FolderHeldError, withCode } from '../errors.js';
import type { Health } from '../health.js';
import { errorLine } from '../log/error-text.js';
import type { Log } from '../log/log.js';
import { StoreError } from './store-error.js';

const MATTER = 'data folder';

/** Tells of a store that cannot be used: one critical entry, then errors, and an info when it is over. */
export class StoreTrouble {
  readonly #log: Log;
  readonly #health: Health;
  #said = false;

  constructor(log: Log, health: Health) {
    this.#log = log;
    this.#health = health;
  }

  /** @throws what waiting does not mend: a store that somebody else holds, wrong settings */
  failed(error: unknown): void {
    if (error instanceof FolderHeldError || error instanceof ConfigurationError) throw error;
    const trouble =
      error instanceof StoreError ? error : new StoreError(`The data folder cannot be used (${errorLine(error)}).`);
    const message = `${trouble.message} Nothing is collected until it can be used, because delivering without remembering would repeat.`;
    this.#health.degraded(message, MATTER);
    if (this.#said) this.#log.error(withCode(trouble, message));
    else this.#log.critical(withCode(trouble, message));
    this.#said = true;
  }

  over(): void {
    if (!this.#said) return;
    this.#health.restored(MATTER);
    this.#log.info('What the module keeps can be written again.');
  }
}
