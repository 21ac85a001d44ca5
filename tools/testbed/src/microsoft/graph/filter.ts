/** The text of `$filter`, as Microsoft documents it and administrators have measured it. */
import { BadQueryError } from '../../errors.js';
import type { MailRow } from '../world/mail-row.js';
import { filterProperties, type FilterProperty } from './options.js';

type Operator = 'eq' | 'contains' | 'startswith' | 'endswith';

/** One value for each property: of several, the last counts. */
export type Conditions = ReadonlyMap<FilterProperty, { readonly operator: Operator; readonly value: string }>;

export interface ReadFilter {
  /** Both included. */
  readonly start: Instant;
  readonly end: Instant;
  readonly conditions: Conditions;
}

const literal = `'((?:[^']|'')*)'`;
const comparison = new RegExp(`^(\\w+)\\s+eq\\s+${literal}$`, 'i');
const call = new RegExp(`^(contains|startswith|endswith)\\(\\s*subject\\s*,\\s*${literal}\\s*\\)$`, 'i');
const statuses = ['gettingstatus', 'pending', 'failed', 'delivered', 'expanded', 'quarantined', 'filteredasspam'];

/** What follows an `or`, and clauses with `in` or `ne`, are passed over in silence. Throws BadQueryError. */
export function readFilter(filter: string): ReadFilter {
  const bounds = new Map<string, Instant>();
  const conditions = new Map<FilterProperty, { operator: Operator; value: string }>();
  for (const clause of clausesOf(filter)) {
    if (clause === '' || /^\w+\s+(in|ne)\s/i.test(clause)) continue;
    const [, bound, time] = /^receivedDateTime\s+(ge|le)\s+(\S+)$/.exec(clause) ?? [];
    if (bound !== undefined && time !== undefined) {
      if (bounds.has(bound)) throw new BadQueryError(`The $filter names receivedDateTime ${bound} twice.`);
      bounds.set(bound, readBound(time));
      continue;
    }
    const [property, condition] = readCondition(clause);
    conditions.set(property, condition);
  }
  const [start, end] = [bounds.get('ge'), bounds.get('le')];
  if (start === undefined || end === undefined) {
    throw new BadQueryError('The $filter needs receivedDateTime ge and receivedDateTime le.');
  }
  return { start, end, conditions };
}

/** Split at `and`, up to the first `or`, but not within a quoted text. */
function clausesOf(filter: string): string[] {
  const clauses = [''];
  for (const [token] of filter.matchAll(/'(?:[^']|'')*'|\s+(?:and|or)\s+|[^']/gi)) {
    if (/^\s+or\s+$/i.test(token)) break;
    if (/^\s+and\s+$/i.test(token)) clauses.push('');
    else clauses.push((clauses.pop() ?? '') + token);
  }
  return clauses.map((clause) => clause.trim());
}

function readCondition(clause: string): [FilterProperty, { operator: Operator; value: string }] {
  const [, operator, text] = call.exec(clause) ?? [];
  if (operator !== undefined && text !== undefined) {
    return ['subject', { operator: operator.toLowerCase() as Operator, value: unquoted(text) }];
  }
  const [, name, value] = comparison.exec(clause) ?? [];
  const property = filterProperties.find((candidate) => candidate.toLowerCase() === name?.toLowerCase());
  if (property === undefined || value === undefined) {
    throw new BadQueryError(`Invalid filter clause: '${clause}' compares no property that can be filtered by.`);
  }
  if (property === 'status' && !statuses.includes(value.toLowerCase())) {
    throw new BadQueryError(`Invalid filter clause: '${value}' is no exchangeMessageTraceStatus.`);
  }
  return [property, { operator: 'eq', value: unquoted(value) }];
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'");
}

/** The zone must be there; fractions are read to the millisecond. */
function readBound(text: string): Instant {
  const instant = readInstant(text);
  if (instant === undefined) throw new BadQueryError(`'${text}' is not a valid DateTimeOffset.`);
  return instant;
}

/** Texts are compared without case; `*@example.com` stands for every address of a domain. */
export function fits(row: MailRow, conditions: Conditions): boolean {
  for (const [property, { operator, value }] of conditions) {
    if (!compares(shownOf(row, property).toLowerCase(), operator, value.toLowerCase())) return false;
  }
  return true;
}

function compares(shown: string, operator: Operator, value: string): boolean {
  switch (operator) {
    case 'eq':
      return value.startsWith('*@') ? shown.endsWith(value.slice(1)) : shown === value;
    case 'contains':
      return shown.includes(value);
    case 'startswith':
      return shown.startsWith(value);
    case 'endswith':
      return shown.endsWith(value);
  }
}

function shownOf(row: MailRow, property: FilterProperty): string {
  switch (property) {
    case 'id':
      return row.traceId;
    case 'messageId':
      return row.messageId ?? '';
    case 'senderAddress':
      return row.sender;
    case 'recipientAddress':
      return row.recipient;
    case 'subject':
      return row.subject ?? '';
    case 'status':
      return row.status;
    case 'fromIP':
      return row.fromIp ?? '';
    case 'toIP':
      return row.toIp ?? '';
  }
}

/** An instant to 100 nanoseconds, as .NET counts them. */
export interface Instant {
  /** Whole milliseconds since 1970 … */
  readonly ms: number;
  /** … and what comes on top of them, in units of 100 nanoseconds, 0…9999. */
  readonly ticks: number;
}

const dateTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)$/i;

/** Reads a date with its zone and up to seven fraction digits; undefined for what is none. */
export function readInstant(text: string): Instant | undefined {
  const [, seconds, fraction = '', zone = ''] = dateTime.exec(text) ?? [];
  const wholeMs = seconds === undefined ? NaN : Date.parse(`${seconds}${zone}`.toUpperCase());
  if (Number.isNaN(wholeMs)) return undefined;
  const digits = fraction.padEnd(7, '0');
  return { ms: wholeMs + Number(digits.slice(0, 3)), ticks: Number(digits.slice(3)) };
}
