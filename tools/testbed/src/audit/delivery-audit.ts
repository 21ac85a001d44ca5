import { DeliveredTable } from './delivered-table.js';
import { identifyEvent, type RowIdentity, Tally } from './row-identity.js';

/** A row that the tenant has shown, with the statuses in which it was to be seen, oldest first. */
export interface AuditRow {
  readonly traceId: string;
  readonly recipient: string;
  /** `fromMs`: since when the row was visible in this status, in milliseconds since 1970. */
  readonly statuses: readonly { readonly status: string; readonly fromMs: number }[];
}

export interface RepeatedDelivery extends RowIdentity {
  readonly times: number;
}

/** What came of comparing visible rows with deliveries. */
export interface Findings {
  /** Rows that the tenant has shown and that were due. */
  readonly visible: number;
  /** Rows that were never delivered in their last status. */
  readonly missing: number;
  /** Rows that were not to be sent in their last status, and were not. */
  readonly filtered: number;
  /** Since when the one of them that has waited longest has shown that status, in milliseconds since 1970. */
  readonly missingSinceMs?: number;
  /**
   * Statuses that a row had for a while and that were not delivered. Not an error: the module may not have looked in
   * the meantime.
   */
  readonly missedStatuses: number;
  /** Deliveries beyond the first of the same trace id, recipient and status. */
  readonly repeated: number;
  /** Different trace ids, recipients and statuses that were delivered and that the tenant never showed. */
  readonly unknown: number;
  /** The first few of each. */
  readonly samples: {
    readonly missing: readonly RowIdentity[];
    readonly missedStatuses: readonly RowIdentity[];
    readonly repeated: readonly RepeatedDelivery[];
    readonly unknown: readonly RowIdentity[];
  };
}

/**
 * One walk over the visible rows. A delivery that comes meanwhile counts as a delivery, but not as unknown: its row may
 * have become visible later than the walk tells.
 */
export class Comparison {
  readonly #table: DeliveredTable;
  readonly #wasVisible: Uint8Array;
  readonly #missing = new Tally<RowIdentity>();
  readonly #missedStatuses = new Tally<RowIdentity>();
  #visible = 0;
  #filtered = 0;
  #missingSinceMs = Infinity;

  constructor(table: DeliveredTable) {
    this.#table = table;
    this.#wasVisible = new Uint8Array(table.size);
  }

  /**
   * @param due whether it had to be delivered. One that had not may have been all the same.
   * @param isSent whether it is to be sent in this status
   */
  see({ traceId, recipient, statuses }: AuditRow, due = true, isSent: (status: string) => boolean = () => true): void {
    if (due) this.#visible += 1;
    for (const [order, { status, fromMs }] of statuses.entries()) {
      const identity = { traceId, recipient, status };
      const position = this.#table.positionOf(identity);
      if (position !== undefined) this.#wasVisible[position] = 1;
      else if (due && !isSent(status)) this.#filtered += order === statuses.length - 1 ? 1 : 0;
      else if (due && order < statuses.length - 1) this.#missedStatuses.add(() => identity);
      else if (due) {
        this.#missing.add(() => identity);
        this.#missingSinceMs = Math.min(this.#missingSinceMs, fromMs);
      }
    }
  }

  /** To be called once all visible rows have been seen. */
  finish(): Findings {
    const unknown = new Tally<RowIdentity>();
    const repeated = new Tally<RepeatedDelivery>();
    for (let position = 0; position < this.#table.size; position += 1) {
      if (this.#wasVisible[position] === 0) unknown.add(() => this.#table.identityAt(position));
      const times = this.#table.timesAt(position);
      if (times > 1) repeated.add(() => ({ ...this.#table.identityAt(position), times }), times - 1);
    }
    return {
      visible: this.#visible,
      missing: this.#missing.count,
      filtered: this.#filtered,
      ...(this.#missing.count > 0 && { missingSinceMs: this.#missingSinceMs }),
      missedStatuses: this.#missedStatuses.count,
      repeated: repeated.count,
      unknown: unknown.count,
      samples: {
        missing: this.#missing.samples,
        missedStatuses: this.#missedStatuses.samples,
        repeated: repeated.samples,
        unknown: unknown.samples,
      },
    };
  }
}

export interface AuditReport extends Findings {
  /** Events that were delivered, repeats included. */
  readonly delivered: number;
  /** Events that name no row. */
  readonly unreadable: number;
  /** The first few of each; unreadable events by their beginning. */
  readonly samples: Findings['samples'] & { readonly unreadable: readonly string[] };
}

const SAMPLE_CHARACTERS = 200;

/** Compares what a tenant has shown with what was delivered, row by row and status by status. */
export class DeliveryAudit {
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

  /** Compares with what was visible, all of which was due. */
  async compare(visible: AsyncIterable<AuditRow>): Promise<AuditReport> {
    const comparison = this.beginComparison();
    for await (const row of visible) comparison.see(row);
    return this.report(comparison);
  }

  /** For a walk over rows that several audits share; ends with `report`. */
  beginComparison(): Comparison {
    return new Comparison(this.#table);
  }

  report(comparison: Comparison): AuditReport {
    const findings = comparison.finish();
    return {
      ...findings,
      delivered: this.#deliveries,
      unreadable: this.#unreadable.count,
      samples: { ...findings.samples, unreadable: [...this.#unreadable.samples] },
    };
  }
}
