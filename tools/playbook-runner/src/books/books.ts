import { Comparison, type Findings, type VisibleRow } from './comparison.js';
import { DeliveredTable } from './delivered-table.js';
import { identifyEvent } from './row-identity.js';
import { Tally } from './tally.js';

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
  async compare(visible: AsyncIterable<VisibleRow>): Promise<AuditReport> {
    const comparison = this.beginComparison();
    for await (const row of visible) comparison.see(row);
    return this.report(comparison);
  }

  /** For a walk over rows that several books share; ends with `report`. */
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
