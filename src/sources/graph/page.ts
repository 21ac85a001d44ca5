import { UnavailableError } from '../../errors.js';
import { isObject, type JsonValue } from '../../json.js';
import { sortEntries } from '../entries.js';
import type { LinkedPage } from '../page-walk.js';
import { toRecord, type Surroundings } from './row.js';

/**
 * Reads the answer: `{"value":[…],"@odata.nextLink"}`.
 * @throws UnavailableError for JSON of another form, PlanAgainError for more rows than fit into memory
 */
export function parsePage(response: JsonValue, surroundings: Surroundings): LinkedPage {
  const items = isObject(response) ? response['value'] : undefined;
  if (!isObject(response) || !Array.isArray(items))
    throw new UnavailableError('Microsoft Graph answered JSON that holds no rows in a form that is known.');
  const link = response['@odata.nextLink'];
  const { rows, unreadable } = sortEntries(items, 'Microsoft Graph');
  return {
    records: rows.map((item) => toRecord(item, surroundings)),
    unreadable,
    nextLink: typeof link === 'string' && link !== '' ? link : undefined,
  };
}
