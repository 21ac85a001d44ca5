import { FolderHeldError } from '../errors.js';
import type { Health } from '../health.js';
import { errorLine } from '../log/error-text.js';
import type { Log } from '../log/log.js';

const MATTER = 'data folder';

/** Tells of a data folder that cannot be written: one critical entry, then errors, and an info when it is over. */
export class FolderTrouble {
  readonly #path: string;
  readonly #log: Log;
  readonly #health: Health;
  #said = false;

  constructor(path: string, log: Log, health: Health) {
    this.#path = path;
    this.#log = log;
    this.#health = health;
  }

  /** @throws FolderHeldError, since a folder that is held is not a folder that cannot be written */
  failed(error: unknown): void {
    if (error instanceof FolderHeldError) throw error;
    const message = `The data folder ${this.#path} cannot be written (${errorLine(error)}). Nothing is collected until it can, because delivering without remembering would repeat. Let the module's user write there, or free space.`;
    this.#health.unhealthy(message, MATTER);
    if (this.#said) this.#log.error(message);
    else this.#log.critical(message);
    this.#said = true;
  }

  over(): void {
    if (!this.#said) return;
    this.#health.healthy(MATTER);
    this.#log.info('The data folder can be written again.');
  }
}
