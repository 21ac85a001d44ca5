import { UnavailableError } from '../../errors.js';
import { isObject, type JsonObject, type JsonValue } from '../../json.js';
import { sortEntries } from '../entries.js';
import type { LinkedPage } from '../page-walk.js';
import { toRecord } from './row.js';

/**
 * Reads the answer of either dialect: `{"d":{"results":[…],"__next"}}` (also `{"d":[…]}`) or
 * `{"value":[…],"odata.nextLink"}`.
 * @throws UnavailableError for JSON that is neither, PlanAgainError for more rows than fit into memory
 */
export function parsePage(response: JsonValue): LinkedPage {
  const { entries, nextLink } = entriesOf(response);
  const { rows, unreadable } = sortEntries(entries, 'The Reporting Web Service');
  return { records: rows.map(toRecord), unreadable, nextLink };
}

function entriesOf(response: JsonValue): { entries: JsonValue[]; nextLink: string | undefined } {
  if (isObject(response)) {
    const { d } = response;
    if (Array.isArray(d)) return { entries: d, nextLink: undefined };
    if (isObject(d) && Array.isArray(d['results'])) return { entries: d['results'], nextLink: linkIn(d) };
    if (Array.isArray(response['value'])) return { entries: response['value'], nextLink: linkIn(response) };
  }
  throw new UnavailableError('The Reporting Web Service answered JSON that holds no rows in a form that is known.');
}

function linkIn(lockOwner: JsonObject): string | undefined {
  const link = lockOwner['__next'] ?? lockOwner['odata.nextLink'] ?? lockOwner['@odata.nextLink'];
  return typeof link === 'string' && link !== '' ? link : undefined;
}
