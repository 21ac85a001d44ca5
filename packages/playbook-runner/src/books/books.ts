import { DeliveredTable } from './delivered-table.js';
import { identifyEvent, type RowIdentity } from './row-identity.js';
import { Tally } from './tally.js';

/** A row that the tenant has shown, with the statuses in which it was to be seen, oldest first. */
export interface VisibleRow {
  readonly traceId: string;
  readonly recipient: string;
  /** `fromMs`: since when the row was visible in this status, in milliseconds since 1970. */
  readonly statuses: readonly { readonly status: string; readonly fromMs: number }[];
}

export interface RepeatedDelivery extends RowIdentity {
  readonly times: number;
}

export interface BooksReport {
  /** Rows that the tenant has shown. */
  readonly visible: number;
  /** Events that were delivered, repeats included. */
  readonly delivered: number;
  /** Rows that were never delivered in their last status. */
  readonly missing: number;
  /** Statuses that a row had for a while and that were not delivered. No error: nobody may have looked meanwhile. */
  readonly missedStatuses: number;
  /** Deliveries beyond the first of the same trace id, recipient and status. */
  readonly repeated: number;
  /** Different trace ids, recipients and statuses that were delivered and that the tenant never showed. */
  readonly unknown: number;
  /** Events that name no row. */
  readonly unreadable: number;
  /** The first few of each; unreadable events by their beginning. */
  readonly samples: {
    readonly missing: readonly RowIdentity[];
    readonly missedStatuses: readonly RowIdentity[];
    readonly repeated: readonly RepeatedDelivery[];
    readonly unknown: readonly RowIdentity[];
    readonly unreadable: readonly string[];
  };
}

const SAMPLE_CHARACTERS = 200;

/** Compares what a tenant has shown with what was delivered, row by row and status by status. */
export class Books {
  readonly #table = new DeliveredTable();
  readonly #unreadable = new Tally<string>();
  #deliveries = 0;

  /** Enters events, JSON texts, as delivered. What names no row is counted as unreadable. */
  deliver(events: Iterable<string>): void {
    for (const event of events) {
      this.#deliveries += 1;
      const identity = identifyEvent(event);
      if (identity === undefined) this.#unreadable.add(() => event.slice(0, SAMPLE_CHARACTERS));
      else this.#table.add(identity);
    }
  }

  /**
   * Compares with what was visible. A delivery that comes while `visible` is being read counts as a delivery, but not as
   * unknown: its row may have become visible later than the answer says.
   */
  async compare(visible: AsyncIterable<VisibleRow>): Promise<BooksReport> {
    const entriesBefore = this.#table.size;
    const wasVisible = new Uint8Array(entriesBefore);
    const missing = new Tally<RowIdentity>();
    const missedStatuses = new Tally<RowIdentity>();
    let rows = 0;
    for await (const { traceId, recipient, statuses } of visible) {
      rows += 1;
      for (const [order, { status }] of statuses.entries()) {
        const identity = { traceId, recipient, status };
        const position = this.#table.positionOf(identity);
        if (position === undefined) (order === statuses.length - 1 ? missing : missedStatuses).add(() => identity);
        else wasVisible[position] = 1;
      }
    }
    const unknown = new Tally<RowIdentity>();
    const repeated = new Tally<RepeatedDelivery>();
    for (let position = 0; position < this.#table.size; position += 1) {
      if (wasVisible[position] === 0) unknown.add(() => this.#table.identityAt(position));
      const times = this.#table.timesAt(position);
      if (times > 1) repeated.add(() => ({ ...this.#table.identityAt(position), times }), times - 1);
    }
    return {
      visible: rows,
      delivered: this.#deliveries,
      missing: missing.count,
      missedStatuses: missedStatuses.count,
      repeated: repeated.count,
      unknown: unknown.count,
      unreadable: this.#unreadable.count,
      samples: {
        missing: missing.samples,
        missedStatuses: missedStatuses.samples,
        repeated: repeated.samples,
        unknown: unknown.samples,
        unreadable: [...this.#unreadable.samples],
      },
    };
  }
}
