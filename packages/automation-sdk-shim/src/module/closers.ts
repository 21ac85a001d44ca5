import { RELEASE_LIMIT_MS } from '../budgets.js';
import type { Log } from '../log/log.js';

type Close = () => void | Promise<void>;

interface Closer {
  readonly close: Close;
  /** Waits for something that may never answer, and may be left behind. */
  readonly mayHang: boolean;
}

/**
 * Whatever is opened leaves its closer here; they are run last-opened-first, each even where another one failed or
 * hangs.
 */
export class Cleanup {
  readonly #log: Log;
  readonly #cleanup: Closer[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  push(close: Close, { mayHang = false } = {}): void {
    this.#cleanup.push({ close, mayHang });
  }

  /** @param limitMs how long each of those is waited for that may hang */
  async closeAll(limitMs = RELEASE_LIMIT_MS): Promise<void> {
    for (let closer = this.#cleanup.pop(); closer !== undefined; closer = this.#cleanup.pop()) {
      try {
        const closing = closer.close();
        await (closer.mayHang ? withinLimit(closing, limitMs) : closing);
      } catch (error) {
        this.#log.exception(error, 'Something could not be closed cleanly. Nothing is lost by it.');
      }
    }
  }
}

async function withinLimit(closing: void | Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${limitMs / 1_000} s.`)), limitMs);
  });
  try {
    await Promise.race([closing, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
