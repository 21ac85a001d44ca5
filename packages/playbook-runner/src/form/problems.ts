import type { Problem } from '../wire/playbook.js';
import { type SettingSchema, type SettingsSchema, titleOf } from './settings-schema.js';

/** What is used of an error of ajv (its `ErrorObject`), with `allErrors`. */
export interface SchemaError {
  readonly keyword: string;
  /** Where in the settings: `/frequency`; empty for all of them. */
  readonly instancePath: string;
  /** Where in the schema: `#/then/required`. */
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * The errors that ajv has found in settings, as sentences for whoever fills in the form: one for each setting, in the
 * order of the form. Server and page both use it, so that they say the same.
 */
export function findProblems(schema: SettingsSchema, errors: readonly SchemaError[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const error of errors) {
    const problem = describe(schema, error);
    if (problem && !problems.has(problem.setting)) problems.set(problem.setting, problem);
  }
  const order = Object.keys(schema.properties);
  return [...problems.values()].sort((one, other) => order.indexOf(one.setting) - order.indexOf(other.setting));
}

function describe(schema: SettingsSchema, error: SchemaError): Problem | undefined {
  const { keyword, instancePath, schemaPath, params } = error;
  // Of a choice, and of a condition, ajv tells the parts as well; the whole says more.
  if (schemaPath.startsWith('#/oneOf/') || keyword === 'if') return undefined;
  if (keyword === 'oneOf' && instancePath === '') return describeChoice(schema, params['passingSchemas']);
  if (keyword === 'required' && instancePath === '') {
    const reason = schemaPath.startsWith('#/then/') ? describeCondition(schema) : '';
    return { setting: String(params['missingProperty']), message: `Fill in this field${reason}.` };
  }
  const setting = instancePath.split('/')[1] ?? '';
  return { setting, message: describeValue(schema.properties[setting] ?? {}, keyword, params) };
}

/** @param passing the positions of the groups that are there; ajv says null where none is. */
function describeChoice({ oneOf = [], ...schema }: SettingsSchema, passing: unknown): Problem {
  const groups = oneOf.map(({ required = [] }) => required);
  const titles = groups.map((group) => group.map((setting) => titleOf(schema, setting)).join(' with '));
  if (Array.isArray(passing)) {
    const last = groups.at(-1)?.[0] ?? '';
    return { setting: last, message: `Give only one of ${titles.join(' and ')}.` };
  }
  return { setting: groups[0]?.[0] ?? '', message: `Give either this or ${titles.slice(1).join(' or ')}.` };
}

function describeCondition(schema: SettingsSchema): string {
  const values = Object.entries(schema.if?.properties ?? {}).map(
    ([setting, { const: value }]) => `${titleOf(schema, setting)} is ${String(value)}`,
  );
  return values.length === 0 ? '' : `, as ${values.join(' and ')}`;
}

function describeValue(schema: SettingSchema, keyword: string, params: Readonly<Record<string, unknown>>): string {
  switch (keyword) {
    case 'type':
    case 'minimum':
    case 'maximum':
      return `${describeType(schema)}.`;
    case 'enum':
      return `Choose one of ${(schema.enum ?? []).map(String).join(', ')}.`;
    case 'minLength':
      return params['limit'] === 1 ? 'Fill in this field.' : `Write at least ${String(params['limit'])} characters.`;
    case 'pattern':
    case 'format':
      if (schema.format !== 'uri') break;
      return 'Write an address that begins with https://, without ?, # and @; http:// is for this machine alone (127.0.0.1 or localhost).';
  }
  return 'Change this as its description says.';
}

function describeType({ type, minimum, maximum }: SettingSchema): string {
  if (type === 'integer') return `Write a whole number${describeBounds(minimum, maximum)}`;
  if (type === 'number') return `Write a number${describeBounds(minimum, maximum)}`;
  return type === 'boolean' ? 'Choose yes or no' : 'Write a text';
}

function describeBounds(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}
