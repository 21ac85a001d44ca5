import { isObject } from '../json.js';
import type { Schema } from './cards.js';

/** Characters of a wrong value that the log repeats. */
const MAX_QUOTED_LENGTH = 20;
const MAX_ADDRESS_LENGTH = 100;

/** What a value of this schema is, to follow "must be". */
export function describe(schema: Schema): string {
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].map((each) => JSON.stringify(each)).join(', ')}`;
  switch (schema['type']) {
    case 'integer':
      return describeNumber('an integer', schema);
    case 'number':
      return describeNumber('a number', schema);
    case 'boolean':
      return 'true or false';
    case 'string':
      return describeText(schema);
    case 'array':
      return isObject(schema['items']) ? `a list whose items are each ${describe(schema['items'])}` : 'a list';
    case 'object':
      return 'a JSON object';
    default:
      return 'given as the form says';
  }
}

function describeNumber(kind: string, schema: Schema): string {
  const { minimum, maximum } = schema;
  if (typeof minimum === 'number' && typeof maximum === 'number') return `${kind} between ${minimum} and ${maximum}`;
  if (typeof minimum === 'number') return `${kind} of at least ${minimum}`;
  if (typeof maximum === 'number') return `${kind} of at most ${maximum}`;
  return kind;
}

function describeText({ format }: Schema): string {
  if (format === 'uri') return 'an https:// address without user name, ? and # (http:// for loopback hosts only)';
  return typeof format === 'string' ? `text of the format ${format}` : 'text';
}

/**
 * What a wrong value is, to follow "not". Only short values that cannot be a secret are quoted: of a text that is free,
 * or that was meant to be an address and is none, nobody knows what was pasted.
 */
export function describeGiven(value: unknown, schema: Schema, isSecret: boolean): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a JSON object';
  if (typeof value === 'number' || typeof value === 'boolean') return isSecret ? `a ${typeof value}` : String(value);
  if (typeof value !== 'string') return 'absent';
  const isFree = schema['type'] === 'string' && !Array.isArray(schema['enum']) && schema['format'] !== 'uri';
  const isAddress = schema['format'] === 'uri' && /^[a-z]+:\/\//i.test(value) && !/[@?#]/.test(value);
  const max = isAddress ? MAX_ADDRESS_LENGTH : MAX_QUOTED_LENGTH;
  const isUnclear = isFree || (schema['format'] === 'uri' && !isAddress);
  if (isSecret || isUnclear || value.length > max)
    return `a text of ${value.length} character${value.length === 1 ? '' : 's'}`;
  return JSON.stringify(value);
}

/** Units of numbers stand in their description, whose first sentence is repeated for that. */
export function unitOf(schema: Schema): string {
  const { type, description } = schema;
  if ((type !== 'integer' && type !== 'number') || typeof description !== 'string') return '';
  const [first = ''] = description.replace(/\.$/, '').split('. ');
  return ` (${first.charAt(0).toLowerCase()}${first.slice(1)})`;
}
