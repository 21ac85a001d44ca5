import { setTimeout as delay } from 'node:timers/promises';
import type { Books, BooksReport, VisibleRow } from '../books/books.js';

const COMPARE_EVERY_MS = 2000;
/** Comparing takes at most a tenth of the time, however long the books get. */
const REST_TO_WORK = 9;

/** Compares the books again and again. */
export class BooksWatch {
  readonly #books: Books;
  readonly #visibleRows: () => AsyncIterable<VisibleRow>;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #report: BooksReport | undefined;

  /** Starts at once. */
  constructor(books: Books, visibleRows: () => AsyncIterable<VisibleRow>) {
    this.#books = books;
    this.#visibleRows = visibleRows;
    this.#ended = this.#run();
  }

  /** The last comparison; undefined until the first is done. */
  get report(): BooksReport | undefined {
    return this.#report;
  }

  /** Fulfilled once stopped. Rejected where the visible rows cannot be read. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Stops after one last comparison. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
    await this.#compare();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const startedMs = performance.now();
      await this.#compare();
      const restMs = Math.max(COMPARE_EVERY_MS, REST_TO_WORK * (performance.now() - startedMs));
      await delay(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #compare(): Promise<void> {
    this.#report = await this.#books.compare(this.#visibleRows());
  }
}
