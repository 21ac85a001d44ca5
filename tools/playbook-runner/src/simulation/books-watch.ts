import { setTimeout as delay } from 'node:timers/promises';
import type { PlaybookBooks } from './playbook-books.js';
import type { TenantRow } from './simulated-tenant.js';

const COMPARE_EVERY_MS = 2000;
/** Comparing takes at most a tenth of the time, however long the books get. */
const REST_TO_WORK = 9;

export interface BooksWatchOptions {
  readonly visibleRows: () => AsyncIterable<TenantRow>;
  /** The books that are to be compared now, if any. */
  readonly due: () => readonly PlaybookBooks[];
  /** Called with what keeps a comparison from being made; the next is tried all the same. */
  readonly onTrouble: (error: unknown) => void;
}

/** Compares the books of all playbooks again and again, each time in one walk over the tenant's rows. */
export class BooksWatch {
  readonly #options: BooksWatchOptions;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;

  /** Starts at once. */
  constructor(options: BooksWatchOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Ends after the comparison that is being made. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const startedMs = performance.now();
      await this.#compare(this.#options.due()).catch(this.#options.onTrouble);
      const restMs = Math.max(COMPARE_EVERY_MS, REST_TO_WORK * (performance.now() - startedMs));
      await delay(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #compare(due: readonly PlaybookBooks[]): Promise<void> {
    if (due.length === 0) return;
    const startedAtMs = Date.now();
    const comparisons = due.map((books) => ({ books, comparison: books.beginComparison() }));
    for await (const row of this.#options.visibleRows()) {
      if (this.#stopping.signal.aborted) return;
      for (const { books, comparison } of comparisons) books.see(comparison, row);
    }
    for (const { books, comparison } of comparisons) books.endComparison(comparison, startedAtMs);
  }
}
