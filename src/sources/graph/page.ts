import { UnavailableError } from '../../errors.js';
import type { JsonValue } from '../../json.js';
import { isObject } from '../../microsoft/json.js';
import type { LinkedPage } from '../page-walk.js';
import { toRecord, type Surroundings } from './row.js';

/**
 * Reads the answer: `{"value":[…],"@odata.nextLink"}`.
 * @throws UnavailableError for JSON of another form
 */
export function parsePage(answer: JsonValue, surroundings: Surroundings): LinkedPage {
  const rows = isObject(answer) ? answer['value'] : undefined;
  if (!isObject(answer) || !Array.isArray(rows))
    throw new UnavailableError('Microsoft Graph answered JSON that holds no rows in a form that is known.');
  const link = answer['@odata.nextLink'];
  return {
    records: rows.filter(isObject).map((item) => toRecord(item, surroundings)),
    unreadable: rows.filter((row) => !isObject(row)),
    nextLink: typeof link === 'string' && link !== '' ? link : undefined,
  };
}
