import type { Credentials } from './messages.js';

/** What was asked and what was decided to answer; written down before the first byte of the answer is sent. */
export interface RequestRecord<Result extends string> {
  /** 1 for the first request. */
  readonly number: number;
  /** The service's clock when the request came, in milliseconds since 1970. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** The bounds asked for, in milliseconds since 1970; null where the request named none. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** An offset for the Reporting Web Service, opaque text for Microsoft Graph. */
  readonly skiptoken: number | string | null;
  /** The page of the result, from 1; null where the request was no valid query. */
  readonly page: number | null;
  readonly credentials: Credentials;
  /** Null where no status line is ever sent. */
  readonly status: number | null;
  /** Rows in the answer; 0 where they would not arrive whole. */
  readonly rows: number;
  readonly result: Result;
}

export interface RequestTotals<Result extends string> {
  readonly requests: number;
  readonly rows: number;
  readonly byResult: Readonly<Partial<Record<Result, number>>>;
}

/** The latest requests, and exact counts of all of them. */
export class RequestLog<Result extends string> {
  readonly #capacity: number;
  readonly #ring: RequestRecord<Result>[] = [];
  readonly #byResult = new Map<Result, number>();
  readonly #listeners = new Set<(record: RequestRecord<Result>) => void>();
  #requests = 0;
  #rows = 0;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  add(request: Omit<RequestRecord<Result>, 'number'>): void {
    const record = { number: this.#requests + 1, ...request };
    this.#ring[this.#requests % this.#capacity] = record;
    this.#requests++;
    this.#rows += record.rows;
    this.#byResult.set(record.result, (this.#byResult.get(record.result) ?? 0) + 1);
    for (const listener of [...this.#listeners]) listener(record);
  }

  /** The latest requests, oldest first. */
  get recent(): readonly RequestRecord<Result>[] {
    const oldest = this.#requests > this.#capacity ? this.#requests % this.#capacity : 0;
    return [...this.#ring.slice(oldest), ...this.#ring.slice(0, oldest)];
  }

  get totals(): RequestTotals<Result> {
    const byResult = Object.fromEntries(this.#byResult) as Partial<Record<Result, number>>;
    return { requests: this.#requests, rows: this.#rows, byResult };
  }

  /** Calls the listener for each request from now on; returns what ends that. */
  on(listener: (record: RequestRecord<Result>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first request from now on that fits. Any request by default. */
  next(fits: (record: RequestRecord<Result>) => boolean = () => true): Promise<RequestRecord<Result>> {
    return new Promise((resolve) => {
      const stop = this.on((record) => {
        if (!fits(record)) return;
        stop();
        resolve(record);
      });
    });
  }

  /** The nth request since the start, once it has come. Rejects with RangeError if it has been forgotten already. */
  nth(number: number): Promise<RequestRecord<Result>> {
    if (number > this.#requests) return this.next((record) => record.number === number);
    const record = this.#ring[(number - 1) % this.#capacity];
    if (record?.number === number) return Promise.resolve(record);
    return Promise.reject(new RangeError(`Request ${number} is not among the latest ${this.#capacity}.`));
  }
}
