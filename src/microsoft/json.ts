import type { JsonObject, JsonValue } from '../json.js';
import { UnavailableError } from '../errors.js';

/** @throws UnavailableError for what is no JSON: an answer that was cut off, or the page of something in between. */
export function parseJson(text: string, host: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new UnavailableError(`${host} answered something that is no JSON (${describe(text)}).`);
  }
}

function describe(text: string): string {
  if (text.trim() === '') return 'an empty answer';
  return /^\s*</.test(text) ? 'a page of HTML or XML' : 'an answer that was cut off';
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of an error answer in any of the forms that these services use, in one short line. */
export function errorText(body: string): string {
  const text = messageIn(parsed(body)) ?? withoutTags(body.slice(0, 20_000));
  return text.replace(/\s+/g, ' ').trim().slice(0, 300) || 'no explanation';
}

/** The longer text first, where an answer has two: beside `error_description`, `error` is a mere code. */
const keysOfAMessage = ['error_description', 'error', 'odata.error', 'message', 'value', 'ErrorMessage', 'Message'];

function messageIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  for (const key of keysOfAMessage) {
    const found = messageIn(value[key]);
    if (found !== undefined && found !== '') return found;
  }
  return undefined;
}

function withoutTags(page: string): string {
  return page.replace(/<(style|script)\b[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
}

/** What JSON text holds; undefined for what is none. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
