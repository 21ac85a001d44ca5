import type { ErrorObject } from 'ajv';
import { isObject, type JsonObject } from '../json.js';
import type { Schema } from './cards.js';

/**
 * One sentence for each wrong setting: its name as the form shows it, and what it should be. Written from the schema,
 * never from the value, which may be a secret.
 */
export function sentencesFor(errors: readonly ErrorObject[], schema: Schema): string[] {
  const sentences = new Set<string>();
  for (const error of errors) {
    const setting = settingOf(error);
    if (setting !== undefined) sentences.add(sentenceAbout(setting, schema, error.keyword === 'required'));
  }
  // A condition over several settings ("if") is reported beside what it demands of each: only alone it is of use.
  if (sentences.size === 0) for (const error of errors) sentences.add(`The settings ${error.message ?? 'are wrong'}.`);
  return [...sentences];
}

function sentenceAbout(setting: string, schema: Schema, missing: boolean): string {
  const property = propertySchema(schema, setting);
  const title = typeof property['title'] === 'string' ? ` (${property['title']})` : '';
  return `"${setting}"${title} ${missing ? 'is missing: it ' : ''}must be ${describe(property)}${unitOf(property)}.`;
}

/** The name of the top-level setting that an error is about; undefined where it is about all of them. */
function settingOf(error: ErrorObject): string | undefined {
  const [, first] = error.instancePath.split('/');
  if (first !== undefined) return first.replaceAll('~1', '/').replaceAll('~0', '~');
  const missing = (error.params as JsonObject)['missingProperty'];
  return typeof missing === 'string' ? missing : undefined;
}

function propertySchema(schema: Schema, setting: string): Schema {
  const properties = schema['properties'];
  const property = isObject(properties) ? properties[setting] : undefined;
  return isObject(property) ? property : {};
}

/** What a value of this schema is, to follow "must be". */
function describe(schema: Schema): string {
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
function unitOf(schema: Schema): string {
  const { type, description } = schema;
  if ((type !== 'integer' && type !== 'number') || typeof description !== 'string') return '';
  const [first = ''] = description.replace(/\.$/, '').split('. ');
  return ` (${first.charAt(0).toLowerCase()}${first.slice(1)})`;
}
