import { PlanAgainError } from '../../model/errors.js';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.js';
import type { MicrosoftClient, Question } from '../http/client.js';
import { parseJson } from '../http/json.js';
import type { Response } from '../http/transport.js';
import type { LinkedPage, PageWalk } from './page-walk.js';

/** Where an operator finds mail that the APIs no longer return. */
export const SEARCH_ELSEWHERE = 'If they matter, search them in the Exchange admin centre.';

/**
 * A row is flat, except for an object of metadata. Endless nesting overflows the stack of the code that serializes it.
 */
const deepestLevel = 16;
/** Pages hold 5,000 at most, unless a service does not care for what it was asked. */
const maxEntries = 250_000;

interface Sorted {
  readonly rows: JsonObject[];
  /** What is no row, or is nested too deeply for one; what lies below the deepest level is left out. */
  readonly unreadable: JsonValue[];
}

/**
 * Sorts the entries of a page.
 * @throws PlanAgainError for more than fit into memory
 */
export function sortEntries(entries: readonly JsonValue[], service: string): Sorted {
  if (entries.length > maxEntries)
    throw new PlanAgainError(`${service} answered ${entries.length} rows at once, which is more than can be read.`, {
      mayBeTheRange: true,
    });
  const rows: JsonObject[] = [];
  const unreadable: JsonValue[] = [];
  for (const entry of entries) {
    if (isObject(entry) && !isDeeperThan(deepestLevel, entry)) rows.push(entry);
    else unreadable.push(cut(entry, deepestLevel));
  }
  return { rows, unreadable };
}

function isDeeperThan(levels: number, value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((member) => isDeeperThan(levels - 1, member));
  // Without a list of the members, as each row is looked at. What JSON makes has no members but its own.
  const members: JsonObject = value;
  for (const key in members) if (isDeeperThan(levels - 1, members[key] ?? null)) return true;
  return false;
}

function cut(value: JsonValue, levels: number): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return 'left out: nested too deeply';
  if (Array.isArray(value)) return value.map((member) => cut(member, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cut(member, levels - 1)]));
}

/** How an API is asked for its pages, and what its answers mean. */
export interface PageReading extends Pick<Question<LinkedPage>, 'headers' | 'onRequest' | 'onRetry' | 'tries'> {
  readonly client: MicrosoftClient;
  readonly signal: AbortSignal;
  /** What an answer that is not a page of rows means; undefined for one that may be a page. */
  readonly httpErrorOf: (response: Response, isFirstPage: boolean) => Error | undefined;
  readonly parsePage: (response: JsonValue) => LinkedPage;
}

/** The `read` of a walk: makes a page of each answer, or throws what the answer means instead. */
export function pageReader({ client, signal, httpErrorOf, parsePage, ...asked }: PageReading): PageWalk['read'] {
  return (url, isFirst, tries) => {
    const parse = (response: Response): LinkedPage => {
      const httpError = httpErrorOf(response, isFirst);
      if (httpError !== undefined) throw httpError;
      return { ...parsePage(parseJson(response.body, response.host)), answeredAtMs: response.dateMs };
    };
    const fewer = tries === undefined ? {} : { tries: Math.min(tries, asked.tries ?? Infinity) };
    return client.get({ ...asked, ...fewer, url, parse }, signal);
  };
}
