import { ConfigurationError } from '../errors.js';

/** Gathers configuration errors, so that the operator hears of all of them at once. */
export class Problems {
  readonly #messages: string[] = [];

  get found(): boolean {
    return this.#messages.length > 0;
  }

  /** What `read` returns, or undefined where it throws a ConfigurationError. */
  attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      this.#messages.push(error.message);
      return undefined;
    }
  }

  /** @throws ConfigurationError with everything that was gathered */
  throwIfAny(): void {
    if (this.found) throw new ConfigurationError(this.#messages.join(' '));
  }
}
