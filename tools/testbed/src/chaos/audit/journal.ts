import { type RowIdentity, identifyEvent } from '../../audit/row-identity.js';
import type { RequestResult } from '../../sekoia/intake-totals.js';
import type { IntakeManner } from '../plan/steps.js';

/** What the intake made of a request: its own word, or how it was told to answer. */
export type BatchResult = RequestResult | IntakeManner;

/** A request's events, as the intake has stored them. */
export interface StoredBatch {
  /** From 1. */
  readonly number: number;
  /** The process that sent it, from 1. */
  readonly life: number;
  readonly events: number;
  /** What the intake made of the request. */
  readonly result: BatchResult;
}

/** Events of one batch that an earlier one held already. */
export interface Repeats {
  /** The last batch before that held them. */
  readonly first: StoredBatch;
  readonly again: StoredBatch;
  readonly events: number;
}

/** Which rows came in which batch: the audit says how many came twice, this says which deliveries they were. */
export class Journal {
  readonly #lastBatchOf = new Map<string, StoredBatch>();
  readonly #repeats = new Map<string, { first: StoredBatch; again: StoredBatch; events: number }>();
  readonly #lastBatchOfLife = new Map<number, StoredBatch>();
  readonly #withheld = new Set<string>();
  #batches = 0;

  /** Enters a batch. Events that name no row are left to the audit. */
  store(events: readonly string[], life: number, result: BatchResult): void {
    this.#batches += 1;
    const batch = { number: this.#batches, life, events: events.length, result };
    for (const event of events) {
      const identity = identifyEvent(event);
      if (identity === undefined) continue;
      const key = keyOf(identity);
      const first = this.#lastBatchOf.get(key);
      if (first !== undefined) this.#addRepeat(first, batch);
      this.#lastBatchOf.set(key, batch);
    }
    this.#lastBatchOfLife.set(life, batch);
  }

  /** Events that the intake had, and neither stored nor named although it answered with success. */
  withhold(events: readonly string[]): void {
    for (const event of events) {
      const identity = identifyEvent(event);
      if (identity !== undefined) this.#withheld.add(keyOf(identity));
    }
  }

  wasWithheld(identity: RowIdentity): boolean {
    return this.#withheld.has(keyOf(identity));
  }

  holds(identity: RowIdentity): boolean {
    return this.#lastBatchOf.has(keyOf(identity));
  }

  /** In the order in which they happened. */
  get repeats(): readonly Repeats[] {
    return [...this.#repeats.values()];
  }

  /** The last batch that each process got stored, by the process's number. */
  get lastBatchOfLife(): ReadonlyMap<number, StoredBatch> {
    return this.#lastBatchOfLife;
  }

  #addRepeat(first: StoredBatch, again: StoredBatch): void {
    const key = `${first.number} ${again.number}`;
    const known = this.#repeats.get(key);
    if (known === undefined) this.#repeats.set(key, { first, again, events: 1 });
    else known.events += 1;
  }
}

/** The same for two spellings of a row: statuses are spelled differently in the two dialects. */
export function keyOf({ traceId, recipient, status }: RowIdentity): string {
  return `${traceId}\0${recipient}\0${status}`.toLowerCase();
}
