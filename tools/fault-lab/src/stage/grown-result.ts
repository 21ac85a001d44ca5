import type { IntakeTotals, RequestResult } from '@local/playbook-runner';

/** The result of which there is one more. @throws RangeError where there is none */
export function grownResult(before: IntakeTotals['results'], after: IntakeTotals['results']): RequestResult {
  const results = Object.keys(after) as RequestResult[];
  const grown = results.find((result) => (after[result] ?? 0) > (before[result] ?? 0));
  if (grown === undefined) throw new RangeError('The intake has counted no request.');
  return grown;
}
