import { DeliveryAudit, type AuditReport } from '../books/books.js';
import type { Comparison } from '../books/comparison.js';
import type { RowIdentity } from '../books/row-identity.js';
import type { DeliveryAudit as BooksPicture } from '../wire/live.js';
import type { TenantRow } from './simulated-tenant.js';

const HOUR_MS = 3_600_000;
/** A trigger counts back from its own start, which comes a little after ours. */
const START_MARGIN_MS = 60_000;

export interface ReadingStart {
  readonly nowMs: number;
  /** Whether the trigger continues from state of its own. */
  readonly continues: boolean;
  /** The setting of that name. */
  readonly startTimeHours: number;
}

/** The books about one playbook that reads the simulated tenant and delivers to an intake of this runner. */
export class PlaybookAudit {
  readonly #audit = new DeliveryAudit();
  readonly #continuesFromMs: number;
  #dueFromMs: number | undefined;
  #report: AuditReport | undefined;
  #comparedAtMs = 0;

  /**
   * @param continuesFromMs from when on rows were received that a trigger which continues from its state has not read
   *   yet. What was received before may still arrive, as late rows do, and counts as delivered.
   */
  constructor(continuesFromMs: number) {
    this.#continuesFromMs = continuesFromMs;
  }

  /** When the last comparison began, in milliseconds since 1970; 0 before the first. */
  get comparedAtMs(): number {
    return this.#comparedAtMs;
  }

  /**
   * To be called before each start of the trigger's process, restarts too: one that has kept no state reads from its
   * own start again. One that continues must read all that was due before, however long it was stopped.
   */
  readingStarts({ nowMs, continues, startTimeHours }: ReadingStart): void {
    if (!continues) this.#dueFromMs = nowMs - startTimeHours * HOUR_MS + START_MARGIN_MS;
    else this.#dueFromMs ??= this.#continuesFromMs;
  }

  deliver(events: readonly string[]): void {
    this.#audit.deliver(events);
  }

  beginComparison(): Comparison {
    return this.#audit.beginComparison();
  }

  see(comparison: Comparison, row: TenantRow): void {
    comparison.see(row, row.receivedMs >= (this.#dueFromMs ?? Infinity));
  }

  endComparison(comparison: Comparison, startedAtMs: number): void {
    this.#report = this.#audit.report(comparison);
    this.#comparedAtMs = startedAtMs;
  }

  /** The last comparison; null until the first is done. */
  picture(): BooksPicture | null {
    if (this.#report === undefined) return null;
    const { visible, delivered, missing, missingSinceMs, repeated, unknown, unreadable, samples } = this.#report;
    return {
      comparedAtMs: this.#comparedAtMs,
      visible,
      delivered,
      missing,
      oldestMissingSeconds:
        missingSinceMs === undefined ? null : Math.max(0, this.#comparedAtMs - missingSinceMs) / 1000,
      repeated,
      unknown,
      unreadable,
      missingSamples: samples.missing.map(show),
      repeatedSamples: samples.repeated.map(({ times, ...row }) => `${show(row)} (${times} times)`),
    };
  }
}

function show({ traceId, recipient, status }: RowIdentity): string {
  return `${traceId} ${recipient} ${status}`;
}
