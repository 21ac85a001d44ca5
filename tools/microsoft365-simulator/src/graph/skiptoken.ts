import { BadQueryError } from '../service/bad-query-error.js';
import type { LinkDamage } from '../service/due.js';
import { readInstant, withSevenDigits, type Instant } from './date-time.js';
import type { PageKey } from './page-key.js';

/** What a token says: go on after a key, in a result that begins at a time. */
export interface Skiptoken {
  readonly start: Instant;
  readonly after: PageKey;
  /** Rows on a page. */
  readonly resultSize: number;
}

/** Base64 without padding of a JSON object of texts. */
export function skiptokenFor({ start, after, resultSize }: Skiptoken, damage?: LinkDamage['skiptoken']): string {
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
export function readSkiptoken(token: string): Skiptoken {
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
