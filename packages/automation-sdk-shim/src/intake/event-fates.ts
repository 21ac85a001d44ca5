import { SEKOIA_JSON } from '../budgets.js';
import { isObject, parseWithin, type JsonObject } from '../json.js';
import { excerpt } from '../log/foreign-text.js';
import type { EncodedEvent } from './chunks.js';
import { fateOf, indexIn, toIndex, type Fate } from './event-entry.js';
import { readEventIds, type KnownIds } from './event-ids.js';

/** What a successful answer says about the events of its batch. */
export type BatchResponse =
  /** At least one event is accepted, refused, or to be sent again. */
  | { readonly kind: 'fates'; readonly fates: readonly Fate[]; readonly ids: readonly unknown[] }
  /** It says that events were refused, but not which. */
  | { readonly kind: 'some-refused'; readonly reason: string }
  /** It names `named` events, which is fewer than there are, but not which. */
  | { readonly kind: 'short'; readonly named: number }
  /** It has a list of ids, and none that stands for one of these events. */
  | { readonly kind: 'no-ids' }
  | { readonly kind: 'unreadable' };

const RESULTS = ['events', 'results', 'items', 'statuses', 'responses'];
const FAILURES = ['errors', 'failed', 'failures', 'rejected', 'refused', 'invalid'];
const UNNAMED: Fate = { kind: 'unnamed' };
const ACCEPTED: Fate = { kind: 'accepted' };

/**
 * The rule of acknowledgement: an event counts as delivered only where the answer gives it an id or a good status of
 * its own, or where there are as many ids as events that are not refused (docs/adr/0018).
 *
 * Reads `{"event_ids": ["…", …]}`, in the order of the batch, and what may come with it or instead of it. Sekoia's
 * documentation (pull request 3111) says that an answer of 200 can hold a status for each event, but not in which
 * members: known here are an id of null, lists of results or of failures (by position, by an index in the entry, or as
 * objects keyed by index), and the usual spellings of a status within an entry.
 */
export function readBatchResponse(text: string, events: readonly EncodedEvent[], known: KnownIds): BatchResponse {
  const root = parseRoot(text);
  if (root === undefined) return { kind: 'unreadable' };
  const count = events.length;
  const read = readEventIds(root['event_ids'], events, known);
  const ids = read.kind === 'by-position' ? read.ids : [];
  const fates: (Fate | undefined)[] =
    read.kind === 'by-position' ? [...read.fates] : new Array<undefined>(count).fill(undefined);
  const results = readLists(root, RESULTS, false, count);
  const failures = readLists(root, FAILURES, true, count);
  for (const [index, fate] of [...results.located, ...failures.located]) {
    if (fate.kind !== 'accepted' || fates[index]?.kind !== 'refused') fates[index] = fate;
  }
  const bad = fates.filter((fate) => fate?.kind === 'refused' || fate?.kind === 'later').length;
  const accepted = fates.filter((fate) => fate?.kind === 'accepted').length;
  const named = read.kind === 'by-count' ? read.named : accepted;
  const reason = results.unlocated.reason ?? failures.unlocated.reason;
  const missing = results.unlocated.count + failures.unlocated.count - bad;
  if (reason !== undefined && missing > 0 && named < count) {
    return count > 1 ? { kind: 'some-refused', reason } : { kind: 'fates', fates: [{ kind: 'refused', reason }], ids };
  }
  const hasIdForEach = read.kind === 'by-count' && named >= count - bad;
  const rest = hasIdForEach ? ACCEPTED : UNNAMED;
  const all = fates.map((fate) => fate ?? rest);
  if (all.some((fate) => fate.kind !== 'unnamed')) return { kind: 'fates', fates: all, ids };
  if (read.kind === 'absent') return { kind: 'unreadable' };
  return named > 0 ? { kind: 'short', named } : { kind: 'no-ids' };
}

/** An object, or a list of results for each event. A list of plain texts is not known to acknowledge anything. */
function parseRoot(text: string): JsonObject | undefined {
  const value = parseWithin(SEKOIA_JSON, text);
  if (isObject(value)) return value;
  const isList = Array.isArray(value) && value.every((entry) => isObject(entry) || typeof entry === 'number');
  return isList ? { results: value } : undefined;
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
    const fate = fateIn(entry, isFailure);
    if (fate !== undefined) add(lists, byPosition ? position : indexIn(entry, count), fate);
  }
}

/** A list of failures can say that an event failed. That it says nothing bad of one is no acknowledgement. */
function fateIn(entry: unknown, isFailure: boolean): Fate | undefined {
  const fate = fateOf(entry, isFailure);
  return isFailure && fate?.kind === 'accepted' ? undefined : fate;
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
      const fate = fateIn(entry, isFailure);
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
