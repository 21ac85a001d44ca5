import { DOCUMENT_JSON, type JsonBudget } from './budgets.js';

/** What JSON can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A JSON object whose members have not been checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON text holds more than its reader can use. Nothing was made of it. */
export class JsonTooLargeError extends Error {
  override readonly name = 'JsonTooLargeError';
}

/** The object written in `text`, or undefined where it is not JSON, not an object, or beyond the budget. */
export function parseObject(text: string, budget = DOCUMENT_JSON): JsonObject | undefined {
  const value = parseWithin(budget, text);
  return isObject(value) ? value : undefined;
}

/** The value written in `text`, or undefined where it is not JSON or beyond the budget. */
export function parseWithin(budget: JsonBudget, text: string): unknown {
  try {
    return readJson(text, budget);
  } catch {
    // The parser's own message quotes the text, which may hold secrets: it goes no further.
    return undefined;
  }
}

/**
 * The one reader of JSON that others wrote.
 * @throws JsonTooLargeError before anything is made of the text; SyntaxError, whose message quotes the text
 */
export function readJson(text: string, budget: JsonBudget): unknown {
  const excess = excessOf(text, budget);
  if (excess !== undefined) throw new JsonTooLargeError(excess);
  return JSON.parse(text);
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * What a text has too much of; undefined where it is within the budget. Counts commas and brackets outside of strings,
 * in one pass that keeps a number for each open bracket: the text need not be JSON, and never holds fewer values than
 * are counted.
 */
export function excessOf(text: string, { characters, depth, members, values }: JsonBudget): string | undefined {
  if (text.length > characters) return `more than ${characters} characters`;
  let total = 1;
  /** Of the open objects; -1 for a list. */
  const counts: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        counts.push(text.charCodeAt(at) === OPEN_LIST ? -1 : 1);
        total += 1;
        if (counts.length > depth) return `more than ${depth} levels`;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        counts.pop();
        break;
      case COMMA: {
        total += 1;
        const count = counts.at(-1) ?? -1;
        if (count < 0) break;
        if (count >= members) return `more than ${members} members in one object`;
        counts[counts.length - 1] = count + 1;
      }
    }
    if (total > values) return `more than ${values} values`;
  }
  return undefined;
}

/** Where a string ends that begins at a quote. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
