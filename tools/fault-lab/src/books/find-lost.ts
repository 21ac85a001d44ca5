import type { RowIdentity, VisibleRow } from '@local/playbook-runner';
import { keyOf, type Journal } from './journal.js';

/** A row of the tenant; `receivedMs` in milliseconds since 1970. */
export type ShownRow = VisibleRow & { readonly receivedMs: number };

interface LostRow extends RowIdentity {
  /** Whether the intake has had it in a batch, and has neither stored nor named it. */
  readonly wasWithheld: boolean;
}

export interface RowsFound {
  /** Rows that the tenant has shown. */
  readonly rows: number;
  /** Statuses that they had, each row's last one included. */
  readonly statuses: number;
  /** Statuses that passed and were not delivered. No loss: nobody may have looked meanwhile. */
  readonly passedUnseen: number;
  /** Rows whose last status was neither delivered nor set aside. */
  readonly lost: readonly LostRow[];
  /** Rows whose last status the intake has refused, and which lie in `rejected/`. */
  readonly refused: number;
  /** Rows of time that Microsoft has refused to answer for, and that the module will ask for again. */
  readonly late: number;
}

/** What the module has put down as not delivered. */
export interface PutDown {
  /** Keys of the rows in `rejected/`. */
  readonly rejected: ReadonlySet<string>;
  /** Whether the time in which a row was received is set aside. */
  readonly isSetAside: (receivedMs: number) => boolean;
}

/** What has become of the rows that the tenant has shown. */
export function findLost(
  rows: Iterable<ShownRow>,
  journal: Pick<Journal, 'holds' | 'wasWithheld'>,
  { rejected, isSetAside }: PutDown,
): RowsFound {
  const found = { rows: 0, statuses: 0, passedUnseen: 0, refused: 0, late: 0 };
  const lost: LostRow[] = [];
  for (const { traceId, recipient, receivedMs, statuses } of rows) {
    found.rows += 1;
    found.statuses += statuses.length;
    for (const [order, { status }] of statuses.entries()) {
      const identity = { traceId, recipient, status };
      if (journal.holds(identity)) continue;
      if (order < statuses.length - 1) found.passedUnseen += 1;
      else if (rejected.has(keyOf(identity))) found.refused += 1;
      else if (isSetAside(receivedMs)) found.late += 1;
      else lost.push({ ...identity, wasWithheld: journal.wasWithheld(identity) });
    }
  }
  return { ...found, lost };
}
