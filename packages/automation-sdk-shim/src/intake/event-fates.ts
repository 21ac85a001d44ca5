import { SEKOIA_JSON } from '../budgets.js';
import { isObject, parseWithin, type JsonObject } from '../json.js';
import { excerpt } from '../log/foreign-text.js';
import { fateOf, indexIn, toIndex, type Fate } from './event-entry.js';

/** What a successful answer says about the events of its batch. */
export type BatchAnswer =
  | { readonly kind: 'fates'; readonly fates: readonly Fate[]; readonly namedEvents: number }
  /** It says that events were refused, but not which. */
  | { readonly kind: 'some-refused'; readonly reason: string }
  | { readonly kind: 'no-ids' }
  | { readonly kind: 'unreadable' };

const RESULTS = ['events', 'results', 'items', 'statuses', 'responses'];
const FAILURES = ['errors', 'failed', 'failures', 'rejected', 'refused', 'invalid'];
const UNNAMED: Fate = { kind: 'unnamed' };
const ACCEPTED: Fate = { kind: 'accepted' };

/**
 * Reads `{"event_ids": ["…", …]}`, in the order of the batch, and what may come with it or instead of it. Sekoia's
 * documentation (pull request 3111) says that an answer of 200 can hold a status for each event, but not in which
 * members: known here are an id of null, lists of results or of failures (by position, by an index in the entry, or as
 * objects keyed by index), and the usual spellings of a status within an entry.
 */
export function readBatchAnswer(text: string, count: number): BatchAnswer {
  const root = parseRoot(text);
  if (root === undefined) return { kind: 'unreadable' };
  const ids = Array.isArray(root['event_ids']) ? (root['event_ids'] as unknown[]) : undefined;
  const fates = new Array<Fate | undefined>(count).fill(undefined);
  if (ids !== undefined && ids.length >= count) {
    for (let index = 0; index < count; index += 1) fates[index] = fateOfId(ids[index]);
  }
  const results = readLists(root, RESULTS, false, count);
  const failures = readLists(root, FAILURES, true, count);
  for (const [index, fate] of [...results.located, ...failures.located]) {
    if (fate.kind !== 'accepted' || fates[index]?.kind !== 'refused') fates[index] = fate;
  }
  const isRefused = (fate: Fate | undefined) => fate?.kind === 'refused' || fate?.kind === 'later';
  const bad = fates.filter(isRefused).length;
  const namedEvents = ids === undefined ? fates.filter((fate) => fate?.kind === 'accepted').length : namedIn(ids);
  const reason = results.unlocated.reason ?? failures.unlocated.reason;
  const missing = results.unlocated.count + failures.unlocated.count - bad;
  if (reason !== undefined && missing > 0 && namedEvents < count) {
    if (count > 1) return { kind: 'some-refused', reason };
    return { kind: 'fates', fates: [{ kind: 'refused', reason }], namedEvents: 0 };
  }
  const isTold = fates.some((fate) => fate !== undefined);
  if (!isTold && namedEvents === 0) return { kind: ids === undefined ? 'unreadable' : 'no-ids' };
  // Fewer ids than events, or a list of failures alone: the others were taken.
  const isRestTaken = ids === undefined ? results.located.size === 0 && bad > 0 : namedEvents > 0;
  const rest = isRestTaken ? ACCEPTED : UNNAMED;
  return { kind: 'fates', fates: fates.map((fate) => fate ?? rest), namedEvents };
}

/** An object, or a list of results for each event. A list of plain texts is not known to acknowledge anything. */
function parseRoot(text: string): JsonObject | undefined {
  const value = parseWithin(SEKOIA_JSON, text);
  if (isObject(value)) return value;
  const isList = Array.isArray(value) && value.every((entry) => isObject(entry) || typeof entry === 'number');
  return isList ? { results: value } : undefined;
}

function fateOfId(id: unknown): Fate {
  if (isObject(id)) return fateOf(id, false) ?? UNNAMED;
  return id === null || id === false || id === '' ? UNNAMED : ACCEPTED;
}

function namedIn(ids: readonly unknown[]): number {
  return ids.filter((id) => fateOfId(id).kind === 'accepted').length;
}

interface Lists {
  readonly located: Map<number, Fate>;
  /** Failures that name no event: how many, and what is said of the first. */
  readonly unlocated: { count: number; reason: string | undefined };
}

function readLists(root: JsonObject, names: readonly string[], isFailure: boolean, count: number): Lists {
  const lists: Lists = { located: new Map(), unlocated: { count: 0, reason: undefined } };
  for (const name of names) {
    const list = root[name];
    if (Array.isArray(list)) readArray(list, isFailure, count, lists);
    else if (isObject(list)) readKeyed(list, isFailure, count, lists);
    else if (isFailure) readCount(name, list, lists);
  }
  return lists;
}

function readArray(list: readonly unknown[], isFailure: boolean, count: number, lists: Lists): void {
  if (isFailure && isListOfIndices(list, count)) {
    for (const index of list) lists.located.set(Number(index), fateOf(true, true) ?? UNNAMED);
    return;
  }
  const byPosition = list.length === count && !list.some((entry) => indexIn(entry, count) !== undefined);
  for (const [position, entry] of list.entries()) {
    const fate = fateOf(entry, isFailure);
    if (fate !== undefined) add(lists, byPosition ? position : indexIn(entry, count), fate);
  }
}

/** `"rejected": [3, 7]`; but `"errors": [200, 413]` is a list of statuses. */
function isListOfIndices(list: readonly unknown[], count: number): boolean {
  const isIndex = (entry: unknown) => typeof entry === 'number' && toIndex(entry, count) !== undefined;
  return list.length > 0 && list.every(isIndex) && new Set(list).size === list.length;
}

function readKeyed(list: JsonObject, isFailure: boolean, count: number, lists: Lists): void {
  const entries = Object.entries(list);
  if (entries.length === 0) return;
  if (entries.every(([key]) => /^\d+$/.test(key))) {
    for (const [key, entry] of entries) {
      const fate = fateOf(entry, isFailure);
      if (fate !== undefined) add(lists, toIndex(key, count), fate);
    }
  } else if (isFailure) {
    const fate = fateOf(list, true);
    if (fate !== undefined) add(lists, indexIn(list, count), fate);
  }
}

/** `"errors": true`, `"failed": 2`, `"errors": "some are too large"`. */
function readCount(name: string, value: unknown, lists: Lists): void {
  const isText = typeof value === 'string' && value !== '';
  const failures = typeof value === 'number' ? value : value === true || isText ? 1 : 0;
  if (failures <= 0) return;
  lists.unlocated.count = Math.max(lists.unlocated.count, failures);
  lists.unlocated.reason ??= `it answered ${isText ? `“${excerpt(value)}”` : `"${name}"`} without naming the events`;
}

function add(lists: Lists, index: number | undefined, fate: Fate): void {
  if (index !== undefined) {
    if (fate.kind !== 'accepted' || !lists.located.has(index)) lists.located.set(index, fate);
  } else if (fate.kind === 'refused' || fate.kind === 'later') {
    lists.unlocated.count += 1;
    lists.unlocated.reason ??= fate.reason;
  }
}
