import type { RowIdentity, VisibleRow } from '@local/playbook-runner';
import { keyOf, type Journal } from './journal.js';

export interface RowsFound {
  /** Rows that the tenant has shown. */
  readonly rows: number;
  /** Statuses that they had, each row's last one included. */
  readonly statuses: number;
  /** Statuses that passed and were not delivered. No loss: nobody may have looked meanwhile. */
  readonly passedUnseen: number;
  /** Rows whose last status was neither delivered nor set aside. */
  readonly lost: readonly RowIdentity[];
  /** Rows whose last status the intake has refused, and which lie in `rejected/`. */
  readonly refused: number;
}

/** What has become of the rows that the tenant has shown. */
export function findLost(
  rows: Iterable<VisibleRow>,
  journal: Pick<Journal, 'holds'>,
  rejected: ReadonlySet<string>,
): RowsFound {
  const found = { rows: 0, statuses: 0, passedUnseen: 0, refused: 0 };
  const lost: RowIdentity[] = [];
  for (const { traceId, recipient, statuses } of rows) {
    found.rows += 1;
    found.statuses += statuses.length;
    for (const [order, { status }] of statuses.entries()) {
      const identity = { traceId, recipient, status };
      if (journal.holds(identity)) continue;
      if (order < statuses.length - 1) found.passedUnseen += 1;
      else if (rejected.has(keyOf(identity))) found.refused += 1;
      else lost.push(identity);
    }
  }
  return { ...found, lost };
}
