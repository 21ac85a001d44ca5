import { type IntakeClient, REJECTIONS_LOGGED_A_MINUTE } from '@sekoia/automation-sdk-shim';
import type { Appearance } from '../message-trace/enrichment.js';
import type { CollectorLog, DeliveredRow, Receipt, Sink, TraceRecord } from '../model/ports.js';
import type { Privacy } from '../message-trace/privacy.js';
import { eventText } from '../message-trace/event-text.js';
import type { EventOptions } from '../message-trace/event.js';
import type { TraceMetrics } from './trace-metrics.js';
import type { RejectedFile } from './dead-letters.js';

const minuteMs = 60_000;

/** Says which rows were rejected: the first of a minute one by one, the others as a number. */
export class RejectionLog {
  readonly #log: CollectorLog;
  readonly #now: () => number;
  #sinceMs = -Infinity;
  #said = 0;
  #unsaid = 0;

  constructor(log: CollectorLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  add(reason: string): void {
    if (this.#now() - this.#sinceMs >= minuteMs) {
      this.flush();
      this.#sinceMs = this.#now();
      this.#said = 0;
    }
    if (this.#said >= REJECTIONS_LOGGED_A_MINUTE) {
      this.#unsaid += 1;
      return;
    }
    this.#said += 1;
    this.#log.error(
      `A row could not be delivered: ${reason} It was written to the folder "rejected" of the data folder; all others go on. [MT-REJECTED]`,
    );
  }

  /** Says how many rows had no line of their own since the last call. */
  flush(): void {
    if (this.#unsaid === 0) return;
    this.#log.error(
      `More rows could not be delivered: ${this.#unsaid}. They were written to the folder "rejected" of the data folder, each with its reason. [MT-REJECTED]`,
    );
    this.#unsaid = 0;
  }
}

function appearanceOf({ record, previousStatus, late, foundAtMs }: DeliveredRow): Appearance {
  const { receivedMs } = record;
  const isLate = late && receivedMs !== undefined;
  return {
    previousStatus,
    lateBySeconds: isLate ? Math.max(0, Math.round((foundAtMs - receivedMs) / 1000)) : undefined,
  };
}

/** Delivers rows to the intake as events. */
export class IntakeSink implements Sink {
  readonly #parts: SinkParts;
  readonly #rejections: RejectionLog;

  constructor(parts: SinkParts) {
    this.#parts = parts;
    this.#rejections = new RejectionLog(parts.log, parts.now);
  }

  /** Makes the texts of one chunk at a time: a page of them all would double what a page takes in memory. */
  async *deliver(rows: readonly DeliveredRow[], signal: AbortSignal): AsyncGenerator<Receipt, void, undefined> {
    const { intake, options, privacy } = this.#parts;
    for (let first = 0; first < rows.length; first += options.chunkSize) {
      const chunk = rows.slice(first, first + options.chunkSize);
      const texts = chunk.map((row) =>
        eventText(privacy?.record(row.record) ?? row.record, options, appearanceOf(row)),
      );
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

  async reject(row: unknown, reason: string, record?: TraceRecord): Promise<boolean> {
    const { rejected, metrics } = this.#parts;
    const isNew = await rejected.add(row, reason, record);
    if (!isNew) return false;
    metrics.rejected();
    this.#rejections.add(reason);
    return true;
  }
}

interface SinkParts {
  readonly intake: IntakeClient;
  readonly options: EventOptions & { readonly chunkSize: number };
  readonly rejected: RejectedFile;
  /** Undefined where all leaves as it came. */
  readonly privacy?: Privacy | undefined;
  readonly metrics: TraceMetrics;
  readonly log: CollectorLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
