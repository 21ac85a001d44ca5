import { isObject, type JsonObject } from '../json.js';
import { excerpt } from '../log/foreign-text.js';

/** What an answer says about one event. */
export type Fate =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** To be sent again; `overloaded` where that says nothing about the event. */
  | { readonly kind: 'later'; readonly reason: string; readonly overloaded: boolean }
  /** The answer does not name it. */
  | { readonly kind: 'unnamed' };

const STATUSES = ['status', 'status_code', 'statusCode', 'http_status', 'code', 'result', 'state'];
const GOOD_FLAGS = ['success', 'ok', 'accepted'];
const BAD_FLAGS = ['rejected', 'refused', 'failed'];
const ERRORS = ['error', 'errors'];
const TEXTS = ['message', 'reason', 'detail', 'details', 'msg', 'description', 'title', 'type', 'status', 'code'];
const INDICES = ['index', 'position', 'pos', 'idx', 'event_index', 'item', 'offset'];
const IDS = ['id', 'event_id', 'uuid'];
const GOOD_WORDS = /^(?:ok|success|succeeded|successful|accepted|created|stored|indexed|received|queued|done)$/i;
const PASSING_WORDS = /too.?many|throttl|retry|later|busy|unavailable|time.?out/i;
const BAD_WORDS = /error|fail|reject|refus|invalid|too.?large|denied|bad|malformed|dropped/i;
const MAX_DEPTH = 3;

/**
 * What one entry of a list says about its event; undefined where it says nothing. `isFailure`: the list is one of
 * failures.
 */
export function fateOf(entry: unknown, isFailure: boolean, depth = 0): Fate | undefined {
  if (typeof entry === 'boolean') return entry === isFailure ? refused('') : { kind: 'accepted' };
  if (typeof entry === 'number') return fateOfStatus(entry, '');
  if (typeof entry === 'string') return isFailure && entry !== '' ? refused(entry) : fateOfWord(entry, '');
  if (isObject(entry)) return fateOfObject(entry, isFailure, depth);
  return isFailure && entry === null ? { kind: 'accepted' } : undefined;
}

/** The id that an entry gives its event. */
export function idOf(entry: JsonObject): unknown {
  return IDS.map((name) => entry[name]).find(isSaid);
}

/** The index that an entry names, below `count`; undefined where it names none. */
export function indexIn(entry: unknown, count: number): number | undefined {
  if (!isObject(entry)) return undefined;
  const named = INDICES.map((name) => entry[name]).find((value) => value !== undefined);
  return toIndex(named, count) ?? toIndex(pathEnd(entry), count);
}

export function toIndex(value: unknown, count: number): number | undefined {
  const index = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < count ? index : undefined;
}

/** `{"loc": ["body", "jsons", 3]}`, `{"path": "/jsons/3"}`, `{"field": "jsons[3]"}`. */
function pathEnd(entry: JsonObject): unknown {
  const path = entry['loc'] ?? entry['path'] ?? entry['pointer'] ?? entry['field'];
  if (Array.isArray(path)) return path.findLast((part) => typeof part === 'number');
  return typeof path === 'string' ? /jsons?[[/.](\d+)/.exec(path)?.[1] : undefined;
}

function fateOfObject(entry: JsonObject, isFailure: boolean, depth: number): Fate | undefined {
  const text = textOf(entry);
  const error = ERRORS.map((name) => entry[name]).find(isSaid);
  const stated = firstDefined(STATUSES, (name) => fateOfStated(entry[name], text));
  if (stated !== undefined && stated.kind !== 'accepted') return stated;
  if (error !== undefined) return refused(text);
  if (stated !== undefined) return stated;
  if (GOOD_FLAGS.some((name) => entry[name] === false) || BAD_FLAGS.some((name) => entry[name] === true)) {
    return refused(text);
  }
  if (GOOD_FLAGS.some((name) => entry[name] === true)) return { kind: 'accepted' };
  if (isFailure) return refused(text);
  if (idOf(entry) !== undefined) return { kind: 'accepted' };
  // `{"create": {"status": 400}}`, as bulk APIs wrap their entries.
  const inner = Object.values(entry);
  return inner.length === 1 && isObject(inner[0]) && depth < MAX_DEPTH ? fateOf(inner[0], false, depth + 1) : undefined;
}

function fateOfStated(value: unknown, text: string): Fate | undefined {
  if (typeof value === 'number') return fateOfStatus(value, text);
  return typeof value === 'string' ? fateOfWord(value, text) : undefined;
}

function fateOfWord(word: string, text: string): Fate | undefined {
  const status = /^\s*(\d{3})\b/.exec(word)?.[1];
  if (status !== undefined) return fateOfStatus(Number(status), text || word);
  if (GOOD_WORDS.test(word)) return { kind: 'accepted' };
  if (PASSING_WORDS.test(word)) return { kind: 'later', reason: reasonOf(text || word), overloaded: true };
  return BAD_WORDS.test(word) ? refused(text || word) : undefined;
}

function fateOfStatus(status: number, text: string): Fate | undefined {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const reason = reasonOf(`${status}${text === '' || text === String(status) ? '' : ` ${text}`}`);
  if (status === 425 || status === 429) return { kind: 'later', reason, overloaded: true };
  if (status === 408 || (status >= 500 && status < 600)) return { kind: 'later', reason, overloaded: false };
  return status >= 300 && status < 500 ? { kind: 'refused', reason } : undefined;
}

function refused(text: string): Fate {
  return { kind: 'refused', reason: reasonOf(text || 'an error without a text') };
}

function reasonOf(text: string): string {
  return `it answered for this event: ${excerpt(text)}`;
}

/** What an entry says in words, from itself or from the error in it. */
function textOf(entry: JsonObject): string {
  const said = ERRORS.map((name) => entry[name]).find(isSaid);
  if (typeof said === 'string') return said;
  if (isObject(said)) return firstDefined(TEXTS, (name) => asText(said[name])) ?? '';
  if (Array.isArray(said)) return said.map((part) => (isObject(part) ? textOf(part) : asText(part))).join(' ');
  return firstDefined(TEXTS, (name) => asText(entry[name])) ?? '';
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 0) return false;
  return !(Array.isArray(value) && value.length === 0);
}

function firstDefined<Result>(names: readonly string[], of: (name: string) => Result | undefined): Result | undefined {
  for (const name of names) {
    const found = of(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
