import type { Log } from '../log/log.js';

type Close = () => void | Promise<void>;

/** Whatever is opened leaves its closer here; they are run last-opened-first, each even where another one failed. */
export class Closers {
  readonly #log: Log;
  readonly #closers: Close[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  push(close: Close): void {
    this.#closers.push(close);
  }

  async closeAll(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        this.#log.exception(error, 'Something could not be closed cleanly. Nothing is lost by it.');
      }
    }
  }
}
