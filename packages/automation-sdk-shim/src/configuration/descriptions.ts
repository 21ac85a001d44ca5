import { isObject } from '../json.js';
import type { Schema } from './cards.js';

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

function describeText(schema: Schema): string {
  const { format, pattern, minLength, maxLength } = schema;
  if (format === 'uri') {
    return typeof pattern === 'string'
      ? 'an https:// address (plain http is accepted for loopback hosts only)'
      : 'an address with its scheme, such as https://example.com';
  }
  if (typeof format === 'string') return `text of the format ${format}`;
  const limits = [
    ...(typeof minLength === 'number' && minLength > 1 ? [`at least ${minLength} characters`] : []),
    ...(typeof maxLength === 'number' ? [`at most ${maxLength} characters`] : []),
  ];
  const size =
    limits.length > 0 ? `text of ${limits.join(' and ')}` : minLength === 1 ? 'text that is not empty' : 'text';
  return typeof pattern === 'string' ? `${size} of the form ${pattern}` : size;
}

/** Units of numbers stand in their description, whose first sentence is repeated for that. */
export function unitOf(schema: Schema): string {
  const { type, description } = schema;
  if ((type !== 'integer' && type !== 'number') || typeof description !== 'string') return '';
  const [first = ''] = description.replace(/\.$/, '').split('. ');
  return ` (${first.charAt(0).toLowerCase()}${first.slice(1)})`;
}
