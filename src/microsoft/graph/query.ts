import type { TimeRange, TraceRecord } from '../../model/ports.js';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.js';
import { parsed } from '../http/json.js';
import type { Query } from '../paging/detours.js';
import { type Clause, clauseText } from './clauses.js';

/** Without it a status that was added after the documented list is `unknownFutureValue`, and two of them the same. */
export const headers = { Prefer: 'include-unknown-enum-members' };

/** The most that `$top` may ask for; documented. */
export const pageRows = 5000;

/**
 * The address of a range's first page. Both bounds must be given and are inclusive, so nothing that lies on one is left
 * out. Whole seconds: whether fractions are taken is not documented.
 * `clauses`: what rows must be besides, all of it.
 */
export function rangeUrl(
  apiUrl: string,
  range: TimeRange,
  { clauses = [], rows = pageRows }: { readonly clauses?: readonly Clause[] | undefined; readonly rows?: number } = {},
): URL {
  const url = new URL(`${apiUrl.replace(/\/+$/, '')}/admin/exchange/tracing/messageTraces`);
  const bounds = [`receivedDateTime ge ${dateTime(range.start)}`, `receivedDateTime le ${dateTime(range.end)}`];
  const filter = [...bounds, ...clauses.map(clauseText)].join(' and ');
  url.search = `?$filter=${encodeURIComponent(filter)}&$top=${rows}`;
  return url;
}

/**
 * The end of a query that still holds what was received at a row's time: the bound is inclusive, and rounded up to a
 * whole second.
 */
export function endAt({ receivedMs = NaN, raw }: TraceRecord): number {
  const text = raw['receivedDateTime'];
  const hasFraction = typeof text === 'string' && /\.\d*[1-9]/.test(text);
  return Math.floor(receivedMs / second) * second + (hasFraction ? second : 0);
}

const second = 1000;

function dateTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?/;

/**
 * Page links of Microsoft Graph carry a `$skiptoken` that is Base64, mostly without padding, of
 * `{"StartDate":"…","EndDate":"…","StartingRecipientAddress":"…","ResultSize":"5000"}`: go on before EndDate, and at
 * EndDate after that recipient. Seen in elastic/integrations, issues 18134 and 18985, with two faults: all values
 * encoded as JSON once too often, and no recipient. The service answers either with 400.
 */
const skiptoken = /([?&](?:\$|%24)skiptoken=)([^&#]*)/i;

/**
 * A link with its values encoded once; `dead` where it is known to be refused. A token of another form is none of our
 * business.
 */
export function inspectLink(link: URL): URL | 'dead' {
  const token = tokenIn(link);
  if (token === undefined) return link;
  const repaired = decodedOnce(token);
  if (repaired['StartingRecipientAddress'] === '') return 'dead';
  if (JSON.stringify(repaired) === JSON.stringify(token)) return link;
  const url = new URL(link);
  url.search = link.search.replace(skiptoken, (_, name: string) => name + encode(repaired));
  return url;
}

/**
 * A link to what comes after a row, as the service would make it.
 * @param dead the service's own link to what comes after the last row, whose time may be more precise than what the
 *   rows show
 */
export function rebuildLink(after: TraceRecord, dead: URL | undefined, { url, range }: Query): URL | undefined {
  const { recipient, raw } = after;
  const received = raw['receivedDateTime'];
  const shown = typeof received === 'string' ? time.exec(received) : null;
  if (recipient === undefined || shown?.[1] === undefined) return undefined;
  const token = decodedOnce((dead && tokenIn(dead)) ?? {});
  const precise = token['EndDate'];
  const rebuilt = {
    StartDate: textOr(sevenDigits(new Date(range.start).toISOString().slice(0, 19)), token['StartDate']),
    EndDate:
      typeof precise === 'string' && precise.startsWith(shown[0]) ? precise : sevenDigits(shown[1], shown[2] ?? ''),
    StartingRecipientAddress: recipient,
    ResultSize: textOr(String(pageRows), token['ResultSize']),
  };
  return new URL(`${url.href}&$skiptoken=${encode(rebuilt)}`);
}

function tokenIn(link: URL): JsonObject | undefined {
  const [, , text] = skiptoken.exec(link.search) ?? [];
  if (text === undefined) return undefined;
  try {
    const token = parsed(Buffer.from(decodeURIComponent(text).replaceAll(' ', '+'), 'base64').toString('utf8'));
    return isObject(token) && 'StartingRecipientAddress' in token ? token : undefined;
  } catch {
    // It is not percent-encoded in a way that can be read.
    return undefined;
  }
}

function decodedOnce(token: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(token).map(([name, value]) => [name, unquoted(value)]));
}

function unquoted(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/^".*"$/s.test(value)) return value;
  const text = parsed(value);
  return typeof text === 'string' ? text : value;
}

function encode(token: JsonObject): string {
  return encodeURIComponent(Buffer.from(JSON.stringify(token)).toString('base64').replace(/=+$/, ''));
}

function textOr(otherwise: string, value: JsonValue | undefined): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function sevenDigits(seconds: string, fraction = ''): string {
  return `${seconds}.${fraction.padEnd(7, '0')}Z`;
}
