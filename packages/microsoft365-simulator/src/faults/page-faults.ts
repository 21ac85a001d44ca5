import type { FaultyRequest } from './fault-plan.js';
import { altersAnswer } from './transport-faults.js';

/** Next links that lead nowhere or elsewhere, for the services that answer in pages. */
export const pageFaults = ['dead-link-400', 'dead-link-404', 'dead-link-410', 'link-to-another-host'] as const;

/** Dead links are for later pages, changed links for pages that have one, changed answers for pages. */
export function faultApplies(kind: string, { page, linked }: FaultyRequest): boolean {
  if (kind.startsWith('dead-link')) return page !== null && page > 1;
  if (kind === 'link-to-another-host') return linked;
  return page !== null || !altersAnswer(kind);
}

export function rowsArrive(kind: string): boolean {
  return kind === 'slow-answer' || kind === 'link-to-another-host';
}
