import { isObject, type JsonValue } from '../../model/json.js';
import {
  excerpt,
  excerptOfPage,
  EXPLANATION_JSON,
  type JsonBudget,
  JsonTooLargeError,
  MAX_REPAIRS,
  MICROSOFT_JSON,
  parseWithin,
  readJson,
} from '@sekoia/automation-sdk-shim';
import { PlanAgainError, UnavailableError } from '../../model/errors.js';

/** A field's text; undefined where it is empty, or no text: the raw row keeps what came. */
export function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * A field's number, which OData 2 writes as text where it has 64 bits. `1e999` is valid JSON, but no number that could
 * be passed on.
 */
export function number(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** Bytes. No message is larger, and each reader of JSON keeps 15 digits. */
const MAX_SIZE = 999_999_999_999_999;

/** A field's number of bytes; undefined for what is no size: negative, with a fraction, or beyond 15 digits. */
export function size(value: JsonValue | undefined): number | undefined {
  const bytes = number(value);
  // Adding 0 makes 0 of -0.
  return Number.isInteger(bytes) && bytes !== undefined && bytes >= 0 && bytes <= MAX_SIZE ? bytes + 0 : undefined;
}

/**
 * The value that an answer holds.
 * @param budget by default that of a page of rows
 * @throws UnavailableError for what is no JSON: an answer that was cut off, or the page of something in between
 * @throws PlanAgainError for what is beyond the budget
 */
export function parseJson(text: string, host: string, budget: JsonBudget = MICROSOFT_JSON): JsonValue {
  try {
    return readJson(text, budget) as JsonValue;
  } catch (error) {
    if (error instanceof JsonTooLargeError)
      throw new PlanAgainError(`${host} answered more than can be read at once: ${error.message}.`, {
        mayBeTheRange: true,
      });
    const repaired = parseWithin(budget, repair(text));
    if (repaired !== undefined) return repaired as JsonValue;
    const message = `${host} answered something that is no JSON (${describe(text)}).`;
    throw new UnavailableError(message, { mayBeTheRange: !isMarkup(text) });
  }
}

/**
 * Undoes what one bad subject does to a whole page: raw control characters become blanks, and a backslash that begins
 * no escape sequence is escaped. Seen with U+0001 in a subject (microsoft-graph explorer issue 2834).
 */
function repair(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  // Not by patterns: they remember each place that they look at, which took 700 MiB for 12 MB of escaped quotes.
  for (let at = 0; at < text.length && pieces.length < 2 * MAX_REPAIRS; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH && isEscape(text, at)) at += 1;
    else if (code === BACKSLASH || code < BLANK) {
      pieces.push(text.slice(from, at), code === BACKSLASH ? '\\\\' : ' ');
      from = at + 1;
    }
  }
  return pieces.join('') + text.slice(from);
}

const [BLANK, BACKSLASH] = [0x20, 0x5c];

function isEscape(text: string, at: number): boolean {
  const next = text[at + 1] ?? '';
  if (next === 'u') return /^[\da-f]{4}$/i.test(text.slice(at + 2, at + 6));
  return next !== '' && '"\\/bfnrt'.includes(next);
}

function describe(text: string): string {
  if (text.trim() === '') return 'an empty answer';
  return isMarkup(text) ? 'a page of HTML or XML' : 'an answer that was cut off or is damaged';
}

function isMarkup(text: string): boolean {
  return /^\s*</.test(text);
}

/** The text of an error answer in any of the forms that these services use, in one short line. */
export function errorText(body: string): string {
  const response = parsed(body);
  // Where the message is empty, as in {"error":{"code":"UnknownError","message":""}}, the code is all that there is.
  const text = messageIn(response) ?? (isObject(response) ? (textIn(response, keysOfACode) ?? '') : undefined);
  if (text === undefined && ROWS.test(body)) return 'a damaged answer with rows';
  return (text === undefined ? excerptOfPage(body) : excerpt(text)) || 'no explanation';
}

/** Rows are not to be quoted. */
const ROWS = /(?:sender|recipient)address/i;

/** The longer text first, where an answer has two: beside `error_description`, `error` is a mere code. */
const keysOfAMessage = ['error_description', 'error', 'odata.error', 'message', 'value', 'ErrorMessage', 'Message'];

const keysOfACode = ['code', 'ErrorCode', 'error', 'odata.error'];

/** OData 2 has its text three levels down. */
const deepestMessage = 8;

function messageIn(value: unknown): string | undefined {
  return textIn(value, keysOfAMessage);
}

function textIn(value: unknown, keys: readonly string[], level = 0): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value) || level === deepestMessage) return undefined;
  for (const key of keys) {
    const found = textIn(value[key], keys, level + 1);
    if (found !== undefined && found !== '') return found;
  }
  return undefined;
}

/** What the JSON text of an explanation holds; undefined for what is none. */
export function parsed(body: string): unknown {
  return parseWithin(EXPLANATION_JSON, body);
}
