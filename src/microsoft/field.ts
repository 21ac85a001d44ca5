import type { JsonValue } from '../json.js';

/** A field's text; undefined where it is empty, or no text: the raw row keeps what came. */
export function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field's number, which OData 2 writes as text where it has 64 bits. */
export function number(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
