import { PlanAgainError, UnavailableError } from '../errors.js';
import { isObject, type JsonValue } from '../json.js';
import { oneLine, withoutTags } from './foreign-text.js';

/** Each takes some 100 bytes of memory, however few characters it has. A page of 5,000 rows with 10 fields holds 60,000. */
const mostValues = 3_000_000;

/**
 * @throws UnavailableError for what is no JSON: an answer that was cut off, or the page of something in between; PlanAgainError for what would not
 * fit into memory
 */
export function parseJson(text: string, host: string): JsonValue {
  if (mayHoldMoreThan(mostValues, text))
    throw new PlanAgainError(`${host} answered more than can be read at once.`, { mayBeTheRange: true });
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    const repaired = parsed(repair(text), Infinity);
    if (repaired !== undefined) return repaired as JsonValue;
    const message = `${host} answered something that is no JSON (${describe(text)}).`;
    throw new UnavailableError(message, { mayBeTheRange: !isMarkup(text) });
  }
}

/**
 * Undoes what one bad subject does to a whole page: raw control characters become blanks, and a backslash that begins no
 * escape sequence is escaped. Seen with U+0001 in a subject (microsoft-graph explorer issue 2834).
 */
function repair(text: string): string {
  return text
    .replace(/[\u0000-\u001f]/g, ' ')
    .replace(/\\(["\\/bfnrt]|u[0-9a-fA-F]{4})|\\/g, (sequence, rest) => (rest === undefined ? '\\\\' : sequence));
}

/** By the characters before which there is a value: never fewer than there are, as texts hold commas too. */
function mayHoldMoreThan(most: number, text: string): boolean {
  let values = 1;
  // None of them takes less than a character: most answers need no look at all.
  for (let at = 0; at < text.length && values + text.length - at > most; at += 1) {
    const character = text.charCodeAt(at);
    if (character === comma || character === bracket || character === brace) values += 1;
    if (values > most) return true;
  }
  return false;
}

const [comma, bracket, brace] = [0x2c, 0x5b, 0x7b];

function describe(text: string): string {
  if (text.trim() === '') return 'an empty answer';
  return isMarkup(text) ? 'a page of HTML or XML' : 'an answer that was cut off or is damaged';
}

function isMarkup(text: string): boolean {
  return /^\s*</.test(text);
}

/** The text of an error answer in any of the forms that these services use, in one short line. */
export function errorText(body: string): string {
  const answer = parsed(body);
  // Where the message is empty, as in {"error":{"code":"UnknownError","message":""}}, the code is all that there is.
  const text = messageIn(answer) ?? (isObject(answer) ? textIn(answer, keysOfACode) : withoutTags(body));
  return oneLine(text ?? '') || 'no explanation';
}

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

/** No explanation is longer. */
const mostExplanation = 1_000_000;

/** What the JSON text of an explanation holds; undefined for what is none. */
export function parsed(body: string, mostCharacters = mostExplanation): unknown {
  if (body.length > mostCharacters) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
