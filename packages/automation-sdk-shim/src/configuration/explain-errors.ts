import { isObject, type JsonObject } from '../json.js';
import type { Schema } from './cards.js';
import type { ErrorObject } from 'ajv';
import { excerpt } from '../log/foreign-text.js';
import { isExact, trimmed } from './conversion.js';

/** Characters of a wrong value that the log repeats. */
const MAX_QUOTED_LENGTH = 20;
const MAX_ADDRESS_LENGTH = 100;

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

function describeText({ format }: Schema): string {
  if (format === 'uri') return 'an https:// address without user name, ? and # (http:// for loopback hosts only)';
  return typeof format === 'string' ? `text of the format ${format}` : 'text';
}

/**
 * Describes a wrong value, to follow "not". Only short values that cannot be a secret are quoted. A free text, or a
 * text that should be an address and is not, may hold anything that was pasted.
 */
function describeGiven(value: unknown, schema: Schema, isSecret: boolean): string {
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
function unitOf(schema: Schema): string {
  const { type, description } = schema;
  if ((type !== 'integer' && type !== 'number') || typeof description !== 'string') return '';
  const [first = ''] = description.replace(/\.$/, '').split('. ');
  return ` (${first.charAt(0).toLowerCase()}${first.slice(1)})`;
}

/** What the operator fills in: the settings of a trigger or module, or the arguments of an action. */
export type Noun = 'settings' | 'arguments';

interface Wording {
  /** The names whose values are in no sentence. */
  readonly secret: ReadonlySet<string>;
  readonly noun: Noun;
}

/** More unknown settings than that are counted only, and no longer name is quoted in full. */
const MAX_UNKNOWN_NAMED = 10;
const MAX_NAME_CHARACTERS = 60;
const PEM = /-----BEGIN [A-Z0-9 ]+-----/;
const QUOTED = /^(?:"[^]*"|'[^]*'|“[^]*”|‘[^]*’|„[^]*“|«[^]*»)$/;

/**
 * One sentence for each wrong setting: its name as the form shows it, what should be there, and what is. The values of
 * `secret` settings are in none.
 * `errors` are those of ajv's options allErrors and verbose.
 */
export function sentencesFor(errors: readonly ErrorObject[], schema: Schema, wording: Wording): readonly string[] {
  const sentences = new Map<string, string>();
  for (const error of errors) {
    const setting = settingOf(error) ?? '';
    if (!sentences.has(setting)) sentences.set(setting, sentenceAbout(setting, error, schema, wording));
  }
  return [...sentences.values()];
}

/** What to say about settings that the schema does not have: one text, or none where there are none. */
export function sentencesAboutUnknown(names: readonly string[], noun: Noun = 'settings'): string[] {
  if (names.length === 0) return [];
  const named = names.slice(0, MAX_UNKNOWN_NAMED).map((name) => `"${excerpt(name, MAX_NAME_CHARACTERS)}"`);
  const others = names.length > named.length ? ` and ${names.length - named.length} more` : '';
  return [
    `The module does not know these ${noun} and ignores them: ${named.join(', ')}${others}. The platform adds some; check the spelling of yours.`,
  ];
}

/**
 * What looks like a mistake of copying in texts that are accepted as they are: white space at the ends of a masked one,
 * which may belong to it, and quotation marks around any.
 */
export function sentencesAboutDoubts(
  given: readonly (readonly [string, unknown])[],
  schema: Schema,
  masked: ReadonlySet<string>,
): string[] {
  return given.flatMap(([setting, value]) => {
    // Line breaks around PEM blocks mean nothing.
    if (typeof value !== 'string' || PEM.test(value)) return [];
    const name = nameOf(setting, schema);
    const doubts: string[] = [];
    if (masked.has(setting) && trimmed(value) !== value)
      doubts.push(
        `${name} begins or ends with white space or an invisible character. It is used as it is. If signing in fails, enter it again without it.`,
      );
    if (QUOTED.test(trimmed(value)))
      doubts.push(
        `${name} stands in quotation marks. They are used as a part of it. If signing in fails, remove them.`,
      );
    return doubts;
  });
}

function sentenceAbout(setting: string, error: ErrorObject, schema: Schema, { secret, noun }: Wording): string {
  if (setting === '') return `The ${noun} ${error.message ?? 'are wrong'}.`;
  const property = propertyOf(schema, setting);
  const name = nameOf(setting, schema);
  const demand = `must be ${describe(property)}${unitOf(property)}`;
  if (error.keyword === 'required') return `${name} is missing: it ${demand}.`;
  const value: unknown = error.data;
  if (property['type'] === 'string' && typeof value === 'number' && !isExact(value))
    return `${name} must be text: it is a number, of which JSON does not keep every digit. Put it in quotes.`;
  const given = describeGiven(value, property, secret.has(setting));
  return `${name} ${demand}, not ${given}.`;
}

/** A setting's name, with its title as the form shows it. */
export function nameOf(setting: string, schema: Schema): string {
  const { title } = propertyOf(schema, setting);
  return typeof title === 'string' ? `"${setting}" (${title})` : `"${setting}"`;
}

/** The name of the top-level setting that an error is about; undefined where it is about all of them. */
function settingOf(error: ErrorObject): string | undefined {
  const [, first] = error.instancePath.split('/');
  if (first !== undefined) return first.replaceAll('~1', '/').replaceAll('~0', '~');
  const missing = (error.params as JsonObject)['missingProperty'];
  return typeof missing === 'string' ? missing : undefined;
}

function propertyOf(schema: Schema, setting: string): Schema {
  const properties = schema['properties'];
  const property = isObject(properties) ? properties[setting] : undefined;
  return isObject(property) ? property : {};
}
