import type { JsonValue } from '../json.js';

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
