import { BadQueryError } from '../../errors.js';
import type { MailRow } from '../world/mail-row.js';
import { type Conditions, type Instant, type ReadFilter, readFilter, readInstant } from './filter.js';
import type { GraphOptions } from './options.js';
import type { LinkDamage } from '../service/service-front.js';

/** A query for message traces, as its URL tells it. */

export interface TraceQuery {
  /** The text of `$filter`: pages of one result name the same one. */
  readonly filter: string;
  /** The bounds of receivedDateTime, both included, in milliseconds since 1970. */
  readonly bounds: { readonly startMs: number; readonly endMs: number };
  /** What rows are compared by besides. */
  readonly conditions: Conditions;
  /** Where to go on; null where there is no `$skiptoken`. */
  readonly skiptoken: Skiptoken | null;
  /** Rows on a page. */
  readonly top: number;
}

const understood = ['$filter', '$skiptoken', '$top'];
const usualTop = 1_000;
const maxTop = 5_000;

/** Reads the query's options. Throws BadQueryError. */
export function readQuery(parameters: URLSearchParams): TraceQuery {
  for (const name of parameters.keys()) {
    if (name.startsWith('$') && !understood.includes(name)) {
      throw new BadQueryError(`The query option '${name}' is not supported.`);
    }
  }
  const filter = parameters.get('$filter') ?? '';
  const skiptoken = parameters.get('$skiptoken');
  const read = readFilter(filter);
  return {
    filter,
    bounds: readBounds(read),
    conditions: read.conditions,
    skiptoken: skiptoken === null ? null : readSkiptoken(skiptoken),
    top: readTop(parameters.get('$top')),
  };
}

function readBounds({ start, end }: ReadFilter): TraceQuery['bounds'] {
  if (start.ms > end.ms) throw new BadQueryError('The start of receivedDateTime must not be later than its end.');
  return { startMs: start.ms, endMs: end.ms };
}

function readTop(text: string | null): number {
  if (text === null) return usualTop;
  const top = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (top >= 1 && top <= maxTop) return top;
  throw new BadQueryError(`'${text}' is not a valid value for $top: it must be from 1 to ${maxTop}.`);
}

export function withSevenDigits({ ms, ticks }: Instant): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}Z`;
}

/** As many fraction digits as the milliseconds need, as .NET writes dates. */
export function withNeededDigits(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z');
}

/**
 * A place in a result, which is in the order of time, newest first, and at the same time in the order of recipients.
 */
export interface PageKey {
  readonly received: Instant;
  readonly recipient: string;
}

/** The key of a row, by the time that its answer shows. */
export function keyOf(row: MailRow, { sevenFractionDigits }: Pick<GraphOptions, 'sevenFractionDigits'>): PageKey {
  const { receivedMs: ms, receivedTicks, recipient } = row;
  return { received: { ms, ticks: sevenFractionDigits ? receivedTicks : 0 }, recipient };
}

/** Negative where the first key comes first; recipients are compared without case. */
export function compareKeys(one: PageKey, other: PageKey): number {
  const byTime = other.received.ms - one.received.ms || other.received.ticks - one.received.ticks;
  if (byTime !== 0) return byTime;
  const [left, right] = [one.recipient.toLowerCase(), other.recipient.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** One page of a result, before it is put into words. */
export interface TracePage {
  /** From 1. */
  readonly number: number;
  readonly rows: readonly MailRow[];
  /** Leads to the next page; null on the last one. */
  readonly next: Skiptoken | null;
}

/** What a token says: go on after a key, in a result that begins at a time. */
interface Skiptoken {
  readonly start: Instant;
  readonly after: PageKey;
  /** Rows on a page. */
  readonly resultSize: number;
}

/** Base64 without padding of a JSON object of texts. */
function skiptokenFor({ start, after, resultSize }: Skiptoken, damage?: LinkDamage['skiptoken']): string {
  const values = {
    StartDate: withSevenDigits(start),
    EndDate: withSevenDigits(after.received),
    StartingRecipientAddress: damage === 'empty-recipient' ? '' : after.recipient,
    ResultSize: String(resultSize),
  };
  const written = damage === 'double-encoded' ? encodedOnceMore(values) : values;
  return Buffer.from(JSON.stringify(written)).toString('base64').replace(/=+$/, '');
}

function encodedOnceMore(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** Throws BadQueryError, in the words of the real service where they are known. */
function readSkiptoken(token: string): Skiptoken {
  const values = valuesOf(token);
  const [start, end] = [instantOf(values, 'StartDate'), instantOf(values, 'EndDate')];
  const { StartingRecipientAddress: recipient = '', ResultSize: resultSize = '' } = values;
  if (!/^[^\s@]+@[^\s@]+$/.test(recipient)) {
    throw new BadQueryError('|System.ArgumentException|Invalid starting recipient address');
  }
  if (!/^\d{1,4}$/.test(resultSize)) throw new BadQueryError(notTransformed('ResultSize', resultSize));
  return { start, after: { received: end, recipient }, resultSize: Number(resultSize) };
}

function valuesOf(token: string): Readonly<Record<string, string>> {
  const invalid = new BadQueryError('The $skiptoken is not valid.');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(token)) throw invalid;
  try {
    const values: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw invalid;
    const entries = Object.entries(values) as [string, unknown][];
    return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? value : '']));
  } catch {
    throw invalid;
  }
}

function instantOf(values: Readonly<Record<string, string>>, name: 'StartDate' | 'EndDate'): Instant {
  const instant = readInstant(values[name] ?? '');
  if (instant === undefined) throw new BadQueryError(notTransformed(name, values[name] ?? ''));
  return instant;
}

/** The first sentence has been seen; the second is our wording, after PowerShell's. */
function notTransformed(name: string, value: string): string {
  return `Cannot process argument transformation on parameter '${name}'. Cannot convert value ${JSON.stringify(value)}.`;
}

/** The absolute address of the rows after a page, with all that the request asked; null after the last page. */
export function nextLink(
  { next }: TracePage,
  asked: URL,
  { origin = asked.origin, skiptoken }: LinkDamage = {},
): string | null {
  if (next === null) return null;
  const parts: string[] = [];
  for (const [name, value] of asked.searchParams) {
    if (name !== '$skiptoken') parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  parts.push(`$skiptoken=${encodeURIComponent(skiptokenFor(next, skiptoken))}`);
  return `${origin}${asked.pathname}?${parts.join('&')}`;
}

/**
 * Which page of its result a token leads to. The token itself does not say so, but faults are asked for by page. Only
 * the latest tokens are remembered; one that was not given out here leads to some later page, and counts as the second.
 */
export class PageNumbers {
  readonly #capacity: number;
  readonly #numbers = new Map<string, number>();

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  add(filter: string, after: PageKey, number: number): void {
    const name = nameOf(filter, after);
    this.#numbers.delete(name);
    this.#numbers.set(name, number);
    for (const oldest of this.#numbers.keys()) {
      if (this.#numbers.size <= this.#capacity) break;
      this.#numbers.delete(oldest);
    }
  }

  find(filter: string, after: PageKey): number {
    return this.#numbers.get(nameOf(filter, after)) ?? 2;
  }
}

function nameOf(filter: string, { received, recipient }: PageKey): string {
  return [filter, received.ms, received.ticks, recipient.toLowerCase()].join('\n');
}
