/** A JSON value as JSON.parse returns it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

export interface JsonObject {
  [key: string]: JsonValue;
}

/** Whether a value that JSON.parse has returned is an object: neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Printable ASCII but quotation marks and backslashes: the rest is left to JSON.stringify. */
const ESCAPED = /[^ !#-[\]-~]/;

/** A text as JSON. Most need no escapes: to look costs half of what it costs to have JSON.stringify write them. */
export function jsonText(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
