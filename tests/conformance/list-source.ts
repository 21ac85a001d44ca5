import { RangeRefusedError, SettingsError, UnavailableError } from '../../src/model/errors.js';
import type { Page, ReadOptions, Source, TimeRange, TraceRecord } from '../../src/model/ports.js';
import { record } from '../support/records.js';
import type { Failure, SourceUnderTest } from './describe-source.js';

const PAGE_ROWS = 100;
const TRIES = 5;

/**
 * The smallest source that conforms: a list in memory. It shows what a new source must do, and that the suite knows
 * nothing of Microsoft.
 */
class ListSource implements Source {
  readonly name = 'list';
  readonly limits = { pageRows: PAGE_ROWS, rangeMs: 86_400_000 };
  readonly rows: TraceRecord[] = [];
  requests = 0;
  failure: { readonly kind: Failure; times: number } | undefined;

  async *pages({ start, end }: TimeRange, signal: AbortSignal, options: ReadOptions = {}): AsyncGenerator<Page> {
    const within = this.rows.filter(({ receivedMs = 0 }) => receivedMs >= start && receivedMs < end);
    for (let from = 0; from === 0 || from < within.length; from += PAGE_ROWS) {
      await this.#ask(signal, options);
      yield { records: within.slice(from, from + PAGE_ROWS), unreadable: [] };
    }
  }

  async #ask(signal: AbortSignal, { tries = TRIES, onRetry }: ReadOptions): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      signal.throwIfAborted();
      this.requests += 1;
      const error = this.#next();
      if (error === undefined) return;
      if (!(error instanceof UnavailableError) || tried >= tries) throw error;
      onRetry?.(error);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  #next(): Error | undefined {
    if (this.failure === undefined || this.failure.times === 0) return undefined;
    this.failure.times -= 1;
    if (this.failure.kind === 'unauthorized') return new SettingsError('The list does not know you.');
    if (this.failure.kind === 'range refused') return new RangeRefusedError('The list does not like this range.');
    return new UnavailableError('The list is away.');
  }
}

export async function withListSource(test: (under: SourceUnderTest) => Promise<void>): Promise<void> {
  const source = new ListSource();
  const receivedMs = Date.UTC(2022, 6, 25, 12, 26);
  await test({
    source,
    range: { start: receivedMs - 1_800_000, end: receivedMs + 1_800_000 },
    add: (rows) => {
      for (let row = 0; row < rows; row += 1)
        source.rows.push(record({ MessageTraceId: `row-${source.rows.length}`, Received: `/Date(${receivedMs})/` }));
    },
    shown: () => source.rows.map(({ traceId, recipient }) => `${traceId} ${recipient}`),
    fail: (kind, times) => {
      source.failure = { kind, times };
    },
    requests: () => source.requests,
  });
}
