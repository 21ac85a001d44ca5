import type { JsonObject, JsonValue } from '../../json.js';
import { UnavailableError } from '../../errors.js';
import { isObject } from '../../microsoft/json.js';
import type { LinkedPage } from '../page-walk.js';
import { toRecord } from './row.js';

/**
 * Reads the answer of either dialect: `{"d":{"results":[…],"__next"}}` (also `{"d":[…]}`) or `{"value":[…],"odata.nextLink"}`.
 * @throws UnavailableError for JSON that is neither
 */
export function parsePage(answer: JsonValue): LinkedPage {
  const { rows, nextLink } = rowsOf(answer);
  const records = rows.filter(isObject).map(toRecord);
  return { records, unreadable: rows.filter((row) => !isObject(row)), nextLink };
}

function rowsOf(answer: JsonValue): { rows: JsonValue[]; nextLink: string | undefined } {
  if (isObject(answer)) {
    const { d } = answer;
    if (Array.isArray(d)) return { rows: d, nextLink: undefined };
    if (isObject(d) && Array.isArray(d['results'])) return { rows: d['results'], nextLink: linkIn(d) };
    if (Array.isArray(answer['value'])) return { rows: answer['value'], nextLink: linkIn(answer) };
  }
  throw new UnavailableError('The Reporting Web Service answered JSON that holds no rows in a form that is known.');
}

function linkIn(holder: JsonObject): string | undefined {
  const link = holder['__next'] ?? holder['odata.nextLink'] ?? holder['@odata.nextLink'];
  return typeof link === 'string' && link !== '' ? link : undefined;
}
