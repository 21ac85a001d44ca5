import { isObject } from '../json.js';
import type { Schema } from './cards.js';

/**
 * White space and what cannot be seen: zero-width and direction marks, soft hyphens, byte order marks, control
 * characters.
 */
const INVISIBLE_ENDS = /^[\s\p{Cf}\p{Cc}]+|[\s\p{Cf}\p{Cc}]+$/gu;
/** As pydantic 2 reads integers from text: `60`, `+60`, `60.0`, `1_000`; neither `1e3` nor `0x3c`. */
const INTEGER = /^[+-]?\d+(?:_\d+)*(?:\.0+)?$/;
const NUMBER = /^[+-]?(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const BOOLEANS = new Map<unknown, boolean>([
  ...['true', '1', 'yes', 'on', 't', 'y', 1].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off', 'f', 'n', 0].map((word) => [word, false] as const),
]);

/** The text without white space and invisible characters at its ends, which come along when text is copied. */
export function trimmed(text: string): string {
  return text.replace(INVISIBLE_ENDS, '');
}

/**
 * Whether a form field was left empty. Forms send null or an empty text for it. Blanks are a value in secrets alone.
 */
export function isAbsent(value: unknown, isSecret: boolean): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'string' && !isSecret && trimmed(value) === '';
}

/**
 * Converts a setting to the type that its schema wants, as the Python SDK does (pydantic's lax mode with
 * `coerce_numbers_to_str`), because playbooks send numbers and booleans as text. What cannot be converted without loss
 * stays as it is, for the validation to report. Texts that are not secret lose white space at their ends.
 */
export function convert(value: unknown, schema: Schema, isSecret: boolean): unknown {
  switch (schema['type']) {
    case 'string':
      return toText(value, isSecret);
    case 'integer':
      return toNumber(value, INTEGER);
    case 'number':
      return toNumber(value, NUMBER);
    case 'boolean':
      return BOOLEANS.get(typeof value === 'string' ? trimmed(value).toLowerCase() : value) ?? value;
    case 'array':
      return Array.isArray(value) ? convertItems(value, schema['items'], isSecret) : value;
    default:
      return value;
  }
}

/** Whether JSON keeps a number as it was written: 12345678901234567890 becomes 12345678901234567000, and 1.50 1.5. */
export function isExact(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function toText(value: unknown, isSecret: boolean): unknown {
  if (typeof value === 'string') return isSecret ? value : trimmed(value);
  if (typeof value === 'boolean' || (typeof value === 'number' && isExact(value))) return String(value);
  return value;
}

function toNumber(value: unknown, form: RegExp): unknown {
  if (typeof value !== 'string') return value;
  const text = trimmed(value);
  const number = form.test(text) ? Number(text.replaceAll('_', '')) : NaN;
  // Adding 0 makes 0 of -0.
  return Number.isFinite(number) ? number + 0 : value;
}

function convertItems(values: readonly unknown[], schema: unknown, isSecret: boolean): unknown[] {
  return isObject(schema) ? values.map((value) => convert(value, schema, isSecret)) : [...values];
}
