import type { ErrorObject } from 'ajv';
import { isObject, type JsonObject } from '../json.js';
import type { Schema } from './cards.js';
import { conditionOf, type Condition } from './conditions.js';
import { describe, unitOf } from './descriptions.js';

/**
 * One sentence for each wrong setting, and for each choice between settings that was not made: names as the form shows
 * them, and what should be there. Written from the schema, never from values, which may be secrets.
 * `errors` are those of ajv's options allErrors and verbose.
 */
export function sentencesFor(errors: readonly ErrorObject[], schema: Schema): string[] {
  const choices = errors.filter(isChoice);
  const sentences = new Set<string>();
  for (const error of errors) {
    if (choices.some((choice) => error.schemaPath.startsWith(`${choice.schemaPath}/`))) continue;
    const condition = conditionOf(error, errors);
    const setting = settingOf(error);
    if (isChoice(error)) sentences.add(sentenceAboutChoice(error, schema, condition));
    else if (setting !== undefined) sentences.add(sentenceAbout(setting, error, schema, condition));
  }
  // A condition over several settings ("if") is reported beside what it demands of each: only alone it is of use.
  if (sentences.size === 0) for (const error of errors) sentences.add(`The settings ${error.message ?? 'are wrong'}.`);
  return [...sentences];
}

/** What to say about settings that the schema does not have: one text, or none where there are none. */
export function sentencesAboutUnknown(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const quoted = names.map((name) => `"${name}"`).join(', ');
  return [`Settings that the module does not know were left out: ${quoted}. Check their spelling.`];
}

function sentenceAbout(setting: string, error: ErrorObject, schema: Schema, condition: Condition | undefined): string {
  const property = { ...propertyOf(schema, setting), ...(condition && propertyOf(condition.demands, setting)) };
  const missing = error.keyword === 'required' ? 'is missing: it ' : '';
  const demand = `must be ${describe(property)}${unitOf(property)}`;
  return `${nameOf(setting, schema)} ${missing}${demand}${condition?.clause ?? ''}.`;
}

/** An error of `oneOf` or `anyOf` over the settings, whose branches do nothing but require settings. */
interface ChoiceError extends ErrorObject {
  readonly schema: readonly { readonly required: readonly string[] }[];
}

function isChoice(error: ErrorObject): error is ChoiceError {
  const branches: unknown = error.schema;
  return (
    (error.keyword === 'oneOf' || error.keyword === 'anyOf') &&
    error.instancePath === '' &&
    Array.isArray(branches) &&
    branches.every((each) => isObject(each) && Array.isArray(each['required']) && Object.keys(each).length === 1)
  );
}

function sentenceAboutChoice(error: ChoiceError, schema: Schema, condition: Condition | undefined): string {
  const options = error.schema.map(({ required }) =>
    join(
      required.map((setting) => nameOf(setting, schema)),
      'and',
    ),
  );
  const clause = condition?.clause ?? '';
  if (error.keyword === 'anyOf') return `At least one of ${join(options, 'and')} must be given${clause}.`;
  const tooMany = Array.isArray((error.params as JsonObject)['passingSchemas']);
  return tooMany
    ? `Only one of ${join(options, 'and')} may be given${clause}.`
    : `Either ${join(options, 'or')} must be given${clause}.`;
}

function join(parts: readonly string[], word: 'and' | 'or'): string {
  const last = parts.at(-1) ?? '';
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} ${word} ${last}` : last;
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
