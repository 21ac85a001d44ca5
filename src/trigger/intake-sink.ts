import type { IntakeClient } from '@sekoia/automation-sdk-shim';
import type { CollectorLog, Receipt, Sink } from '../collector/contracts.js';
import type { TraceRecord } from '../collector/record.js';
import { eventText } from '../events/event-text.js';
import type { EventOptions } from '../events/event.js';
import type { TraceMetrics } from './trace-metrics.js';
import type { RejectedFile } from './rejected-file.js';
import { RejectionLog } from './rejection-log.js';

/** Delivers records to the intake as events. */
export class IntakeSink implements Sink {
  readonly #parts: SinkParts;
  readonly #rejections: RejectionLog;

  constructor(parts: SinkParts) {
    this.#parts = parts;
    this.#rejections = new RejectionLog(parts.log, parts.now);
  }

  /** Makes the texts of one chunk at a time: a page of them all would double what a page takes in memory. */
  async *deliver(records: readonly TraceRecord[], signal: AbortSignal): AsyncGenerator<Receipt, void, undefined> {
    const { intake, options } = this.#parts;
    for (let first = 0; first < records.length; first += options.chunk_size) {
      const texts = records.slice(first, first + options.chunk_size).map((record) => eventText(record, options));
      for await (const { from, to, rejected } of intake.deliver(texts, signal)) {
        yield {
          from: first + from,
          to: first + to,
          rejected: rejected.map(({ index, reason }) => ({ index: first + index, reason })),
        };
      }
    }
    this.#rejections.flush();
  }

  async reject(row: unknown, reason: string): Promise<void> {
    const { rejected, metrics } = this.#parts;
    if (!(await rejected.add(row, reason))) return;
    metrics.rejected();
    this.#rejections.add(reason);
  }
}

interface SinkParts {
  readonly intake: IntakeClient;
  readonly options: EventOptions & { readonly chunk_size: number };
  readonly rejected: RejectedFile;
  readonly metrics: TraceMetrics;
  readonly log: CollectorLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
