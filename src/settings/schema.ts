import type { Setting, Settings } from './setting.js';

type Schema = Readonly<Record<string, unknown>>;

/** The JSON schema of settings: what a card says in `arguments`, and what the command line checks its settings by. */
export function schemaOf(title: string, settings: Settings): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    type: 'object',
    properties: Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, propertyOf(setting)])),
    required: namesWhere(settings, ({ required }) => required),
    secrets: namesWhere(settings, ({ secret }) => secret),
  };
}

function propertyOf(setting: Setting): Schema {
  const { type, items, title, description, unit, format, minimum, maximum } = setting;
  const members = {
    type,
    items,
    title,
    description: unit === undefined ? description : `${description} Unit: ${unit}.`,
    enum: setting.enum,
    format,
    default: setting.default,
    minimum,
    maximum,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function namesWhere(settings: Settings, is: (setting: Setting) => true | undefined): string[] {
  return Object.entries(settings)
    .filter(([, setting]) => is(setting) === true)
    .map(([name]) => name);
}
