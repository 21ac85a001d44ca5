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
export function parsePage(answer: JsonValue): LinkedPage {
  const { entries, nextLink } = entriesOf(answer);
  const { rows, unreadable } = sortEntries(entries, 'The Reporting Web Service');
  return { records: rows.map(toRecord), unreadable, nextLink };
}

function entriesOf(answer: JsonValue): { entries: JsonValue[]; nextLink: string | undefined } {
  if (isObject(answer)) {
    const { d } = answer;
    if (Array.isArray(d)) return { entries: d, nextLink: undefined };
    if (isObject(d) && Array.isArray(d['results'])) return { entries: d['results'], nextLink: linkIn(d) };
    if (Array.isArray(answer['value'])) return { entries: answer['value'], nextLink: linkIn(answer) };
  }
  throw new UnavailableError('The Reporting Web Service answered JSON that holds no rows in a form that is known.');
}

function linkIn(holder: JsonObject): string | undefined {
  const link = holder['__next'] ?? holder['odata.nextLink'] ?? holder['@odata.nextLink'];
  return typeof link === 'string' && link !== '' ? link : undefined;
}
