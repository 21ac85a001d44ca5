import { MAX_COMBINED_QUERIES } from '@sekoia/automation-sdk-shim/budgets';
import { isIP } from 'node:net';
import type { Clause, Property } from '../microsoft/graph/clauses.js';
import type { TimeRange } from '../model/progress.js';
import { wholeSecond } from '../model/progress.js';
import type { QueryProperty, TraceQuery } from './filter.js';

const SECOND_MS = 1_000;
/** A longer text is cut for the service: addresses of requests are limited, and it is compared here in full. */
const MAX_TEXT_LENGTH = 128;
/** The members that the enumeration is documented to have, and so may be asked for. */
const ASKABLE_STATUSES = new Set([
  'delivered',
  'expanded',
  'failed',
  'filteredAsSpam',
  'gettingStatus',
  'pending',
  'quarantined',
]);

/**
 * By how few rows fit one value: of the first with several values each is asked for in a query of its own. The last
 * are the first to be left out where the service refuses a query.
 */
const BY_SELECTIVITY: readonly [QueryProperty, Property][] = [
  ['traceId', 'id'],
  ['messageId', 'messageId'],
  ['recipient', 'recipientAddress'],
  ['sender', 'senderAddress'],
  ['subject', 'subject'],
  ['status', 'status'],
  ['toIp', 'toIP'],
  ['fromIp', 'fromIP'],
];

/** The ranges to ask for one after another, newest first: each in whole seconds, none wider than a request may be. */
export function slicesOf({ start, end }: TimeRange, maxMs: number): TimeRange[] {
  const first = wholeSecond(start);
  const slices: TimeRange[] = [];
  let until = Math.ceil(end / SECOND_MS) * SECOND_MS;
  while (until > first) {
    const from = Math.max(first, until - maxMs);
    slices.push({ start: from, end: until });
    until = from;
  }
  return slices;
}

/** Both halves of a range, the newer first; undefined for a second. */
export function halvesOf({ start, end }: TimeRange): [TimeRange, TimeRange] | undefined {
  if (end - start <= SECOND_MS) return undefined;
  const middle = wholeSecond(start + (end - start) / 2);
  return [
    { start: middle, end },
    { start, end: middle },
  ];
}

/**
 * What to ask the service for: the clauses of each query. One value for each property at most, so several values are
 * several queries. Each asks for all that fits and maybe more.
 * @param without properties that the service refuses to filter by
 */
export function queriesOf(query: TraceQuery, without: ReadonlySet<Property>): readonly (readonly Clause[])[] {
  let queries: readonly (readonly Clause[])[] = [[]];
  for (const [, alternatives] of askable(query, without)) {
    const isFirst = queries.length === 1;
    if (!isFirst && queries.length * alternatives.length > MAX_COMBINED_QUERIES) continue;
    queries = queries.flatMap((clauses) => alternatives.map((clause) => [...clauses, clause]));
  }
  return queries;
}

/** The property to leave out next where the service refuses a query; undefined where it filters by the time alone. */
export function leastSelective(query: TraceQuery, without: ReadonlySet<Property>): Property | undefined {
  return askable(query, without).at(-1)?.[0];
}

function askable(query: TraceQuery, without: ReadonlySet<Property>): (readonly [Property, readonly Clause[]])[] {
  return BY_SELECTIVITY.flatMap(([name, property]) => {
    if (without.has(property) || query[name].length === 0) return [];
    const clauses = query[name].map((value) => clauseFor(query, property, value));
    // A value that the service cannot be asked for must be found among all rows.
    return clauses.every((clause) => clause !== undefined) ? [[property, clauses] as const] : [];
  });
}

/** A clause that every row with that value fits; undefined where there is none. */
function clauseFor({ subjectMatch }: TraceQuery, property: Property, value: string): Clause | undefined {
  const equal: Clause = { property, operator: 'eq', value };
  switch (property) {
    case 'id':
    case 'messageId':
      return equal;
    case 'recipientAddress':
    case 'senderAddress':
      // Of patterns, `*@domain` alone was seen to work.
      return value.replace(/^\*@/, '').includes('*') ? undefined : equal;
    case 'status':
      return ASKABLE_STATUSES.has(value) ? equal : undefined;
    case 'fromIP':
    case 'toIP':
      // An IPv6 address has several spellings, and the service compares texts.
      return isIP(value) === 4 ? equal : undefined;
    case 'subject':
      return subjectClause(subjectMatch, value);
  }
}

/** `eq` is not documented for subjects. A text with control characters may be written in another way there. */
function subjectClause(match: TraceQuery['subjectMatch'], value: string): Clause | undefined {
  if (/\p{C}/u.test(value)) return undefined;
  const property = 'subject';
  // A part fits wherever the whole does. It must not end within a character of two halves.
  if (match === 'ends_with')
    return { property, operator: 'endswith', value: value.slice(-MAX_TEXT_LENGTH).replace(/^\p{Cs}/u, '') };
  const operator = match === 'contains' ? 'contains' : 'startswith';
  return { property, operator, value: value.slice(0, MAX_TEXT_LENGTH).replace(/\p{Cs}$/u, '') };
}
