import type { FaultyRequest } from './fault-plan.js';
import { altersResponse } from './transport-faults.js';

/** Next links that lead nowhere or elsewhere, for the services that answer in pages. */
export const pageFaults = [
  'dead-link-400',
  'dead-link-404',
  'dead-link-410',
  'link-to-another-host',
  'empty-page-with-link',
] as const;

/** Next links whose token the service itself refuses, as Microsoft Graph has been seen to give them. */
export const skiptokenFaults = ['double-encoded-token', 'empty-recipient-token'] as const;

/** The services pass over parameters without a `$`. */
const roundParameter = 'round';

const changedLinks: readonly string[] = ['link-to-another-host', ...skiptokenFaults];

/** The address of the page itself, spelled differently each time: a walk over such links never ends. */
export function linkToItself(asked: URL): string {
  const parts = [...asked.searchParams].filter(([name]) => name !== roundParameter);
  const round = Number(asked.searchParams.get(roundParameter) ?? 0) + 1;
  const query = [...parts, [roundParameter, String(round)] as const];
  const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${asked.origin}${asked.pathname}?${text}`;
}

/** Dead links are for later pages, changed links for pages that have one, changed answers for pages. */
export function faultApplies(kind: string, { page, linked }: FaultyRequest): boolean {
  if (kind.startsWith('dead-link')) return page !== null && page > 1;
  if (changedLinks.includes(kind)) return linked;
  if (kind === 'empty-page-with-link') return page !== null;
  return page !== null || !altersResponse(kind);
}

export function rowsArrive(kind: string): boolean {
  return kind === 'slow-answer' || changedLinks.includes(kind);
}
