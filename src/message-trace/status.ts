/** Those that the documentation names, in PascalCase. */
export const STATUSES: readonly string[] = [
  'Delivered',
  'Expanded',
  'Failed',
  'FilteredAsSpam',
  'GettingStatus',
  'None',
  'Pending',
  'Quarantined',
  'Recalled',
  'Resolved',
  'UnknownFutureValue',
];

/** By their spelling without case: the APIs and their samples disagree on it. */
const knownStatuses = new Map(STATUSES.map((status) => [status.toLowerCase(), status]));

const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['Delivered', 'success'],
  ['Expanded', 'success'],
  ['Resolved', 'success'],
  // Received by the service and on its way: a success in the sample of Sekoia's documentation.
  ['GettingStatus', 'success'],
  ['Failed', 'failure'],
  ['Quarantined', 'failure'],
  ['FilteredAsSpam', 'failure'],
]);

export type Outcome = 'success' | 'failure' | 'unknown';

/** `filteredAsSpam` → `FilteredAsSpam`. An undocumented status keeps its letters, except the first. */
export function pascalCaseStatus(status: string): string {
  return knownStatuses.get(status.toLowerCase()) ?? status.charAt(0).toUpperCase() + status.slice(1);
}

/** `FilteredAsSpam` → `filteredAsSpam`, as Microsoft Graph spells it. */
export function camelCaseStatus(status: string): string {
  const pascal = pascalCaseStatus(status);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

export function isKnownStatus(status: string): boolean {
  return knownStatuses.has(status.toLowerCase());
}

export function outcomeOf(status: string | undefined): Outcome {
  return (status !== undefined && outcomes.get(pascalCaseStatus(status))) || 'unknown';
}
