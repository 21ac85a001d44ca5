import { isObject, type JsonObject, type JsonValue } from '../json.js';

/** Whether no text in a value, names of members included, holds half a character (a lone surrogate). */
export function isWellFormed(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}

/** The value with U+FFFD for each half of a character. Strict parsers refuse a whole JSON text for one. */
export function wellFormed(value: JsonObject): JsonObject {
  const replaced = (inner: JsonValue): JsonValue => {
    if (typeof inner === 'string') return inner.toWellFormed();
    if (Array.isArray(inner)) return inner.map(replaced);
    return isObject(inner) ? wellFormed(inner) : inner;
  };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), replaced(member)]));
}
