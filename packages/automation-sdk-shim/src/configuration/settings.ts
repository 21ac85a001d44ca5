import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { CardError, ConfigurationError } from '../errors.js';
import { errorLine } from '../log/error-text.js';
import { isObject, type JsonObject } from '../json.js';
import type { Schema } from './cards.js';
import { sentencesAboutUnknown, sentencesFor } from './sentences.js';

export interface Settings {
  /** Checked, defaults filled in, unknown ones removed. */
  readonly values: JsonObject;
  /** The known ones that the operator gave, as opposed to defaults. */
  readonly given: ReadonlySet<string>;
  /** What was given and is not in the schema. */
  readonly unknown: readonly string[];
}

/**
 * Checks raw settings against a card's draft-07 schema, without converting types. Forms send null or an empty text for
 * a field left empty: that counts as absent.
 * @throws ConfigurationError with a sentence for each wrong setting, and one about unknown ones
 * @throws CardError where the schema itself is wrong
 */
export function checkSettings(raw: JsonObject, schema: Schema): Settings {
  const known = isObject(schema['properties']) ? schema['properties'] : {};
  const given = Object.entries(raw).filter(
    ([name, value]) => Object.hasOwn(known, name) && value !== null && value !== '',
  );
  const values = structuredClone(Object.fromEntries(given));
  const unknown = Object.keys(raw).filter((name) => !Object.hasOwn(known, name));
  const validate = compile(schema);
  // Ajv fills in defaults after it has looked at conditions, which may be about them: only the second run sees both.
  validate(values);
  if (!validate(values)) {
    const wrong = [...sentencesFor(validate.errors ?? [], schema), 'Correct the settings in the playbook.'];
    throw new ConfigurationError([...wrong, ...sentencesAboutUnknown(unknown)].join(' '));
  }
  return { values, given: new Set(given.map(([name]) => name)), unknown };
}

/** The secret ones among raw settings: those that the schema lists in `secrets`, as texts. */
export function secretsAmong(raw: JsonObject, schema: Schema): { name: string; secret: string }[] {
  const names = Array.isArray(schema['secrets']) ? (schema['secrets'] as unknown[]) : [];
  return names.flatMap((name) => {
    const value = typeof name === 'string' ? raw[name] : undefined;
    return textsIn(value).map((secret) => ({ name: String(name), secret }));
  });
}

/** Every text in a value, however deep; numbers as text. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsIn);
  return [];
}

function compile(schema: Schema): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    // Errors with the part of the schema that they are about.
    verbose: true,
    useDefaults: true,
    strictTypes: false,
    logger: false,
    keywords: ['secrets'],
  });
  // The package is CommonJS: its function is the member `default` of what Node.js gives as default.
  formats.default(ajv, { keywords: false });
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw new CardError(`A schema in the module's cards is wrong (${errorLine(error)}). Correct the card.`);
  }
}
