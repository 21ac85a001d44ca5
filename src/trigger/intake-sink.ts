import type { IntakeClient } from '@sekoia/automation-sdk-shim';
import type { CollectorLog, Receipt, Sink } from '../collector/contracts.js';
import type { TraceRecord } from '../collector/record.js';
import { eventText } from '../events/event-text.js';
import type { EventOptions } from '../events/event.js';
import type { TraceMetrics } from './trace-metrics.js';
import type { RejectedFile } from './rejected-file.js';

/** Delivers records to the intake as events. */
export class IntakeSink implements Sink {
  readonly #parts: SinkParts;

  constructor(parts: SinkParts) {
    this.#parts = parts;
  }

  deliver(records: readonly TraceRecord[], signal: AbortSignal): AsyncGenerator<Receipt, void, undefined> {
    const { intake, options } = this.#parts;
    return intake.deliver(
      records.map((record) => eventText(record, options)),
      signal,
    );
  }

  async reject(row: unknown, reason: string): Promise<void> {
    const { rejected, metrics, log } = this.#parts;
    if (!(await rejected.add(row, reason))) return;
    metrics.rejected();
    log.error(
      `A row could not be delivered: ${reason} It was written to the folder "rejected" of the data folder; all others go on.`,
    );
  }
}

interface SinkParts {
  readonly intake: IntakeClient;
  readonly options: EventOptions;
  readonly rejected: RejectedFile;
  readonly metrics: TraceMetrics;
  readonly log: CollectorLog;
}
