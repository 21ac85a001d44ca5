import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { CardError, ConfigurationError } from '../errors.js';
import { errorLine } from '../log/foreign-text.js';
import { isObject, type JsonObject } from '../json.js';
import type { Schema } from './cards.js';
import { convert, isAbsent, trimmed } from './conversion.js';
import { nameOf, type Noun, sentencesAboutDoubts, sentencesAboutUnknown, sentencesFor } from './explain-errors.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether a text is an address that settings may name: https, or plain http for a loopback host, where eavesdropping is
 * not a risk. User name, query and fragment are refused: paths are appended to the address, and the log may show it.
 */
function isAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || /[\s?#@]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || LOOPBACK.test(hostname);
}

export interface Settings {
  /** Converted, checked, defaults filled in, unknown ones removed. */
  readonly values: JsonObject;
  /** The known ones that the operator gave, as opposed to defaults. */
  readonly given: ReadonlySet<string>;
  /** What was given and is not in the schema. */
  readonly unknown: readonly string[];
  /** A sentence for each value that is accepted but looks like a mistake of copying. It never quotes the value. */
  readonly doubts: readonly string[];
}

/**
 * What a card cannot say: a sentence for each wrong setting, or wrong combination of settings. Asked even where the
 * card found other settings wrong, so that the operator hears of everything at once: values may have the wrong type.
 */
export type SettingsRules = (settings: JsonObject) => readonly string[];

/**
 * What a trigger or connector takes from the module's configuration, in the place of settings of its own that are left
 * out or left as the form filled them in. `own` is as it was given, without what is absent; `module` was checked.
 */
export type SettingsFromModule = (own: JsonObject, module: JsonObject) => JsonObject;

/**
 * The trigger's own name for the key of its intake. Cards need not mask it, but anyone who has it can write into the
 * intake.
 */
const INTAKE_KEY = 'intake_key';

/**
 * Converts raw settings, or arguments, to the types of a card's draft-07 schema and checks them. Null, an empty text,
 * and blanks where the card masks nothing count as absent. The format `uri` means an https:// address, or http:// for
 * loopback hosts.
 * @throws ConfigurationError with a sentence for each wrong setting, and one about unknown ones
 * @throws CardError where the schema itself is wrong
 */
export function checkSettings(
  raw: JsonObject,
  schema: Schema,
  rules: SettingsRules = () => [],
  noun: Noun = 'settings',
): Settings {
  const known = isObject(schema['properties']) ? schema['properties'] : {};
  const masked = maskedBy(schema);
  const given = Object.entries(raw).flatMap(([name, value]): [string, unknown][] => {
    const property = Object.hasOwn(known, name) ? known[name] : undefined;
    if (property === undefined || isAbsent(value, masked.has(name))) return [];
    return [[name, isObject(property) ? convert(value, property, masked.has(name)) : value]];
  });
  const values: JsonObject = structuredClone(Object.fromEntries(given));
  const unknown = Object.keys(raw).filter((name) => !Object.hasOwn(known, name));
  const secret = new Set([...masked, INTAKE_KEY]);
  const validate = compile(schema);
  const wrong = validate(values) ? [] : sentencesFor(validate.errors ?? [], schema, { secret, noun });
  const broken = rules(values);
  if (wrong.length + broken.length > 0) {
    const remedy = `Correct the ${noun} in the playbook.`;
    const sentences = [...wrong, ...broken, remedy, ...sentencesAboutUnknown(unknown, noun)];
    throw new ConfigurationError(sentences.join(' '));
  }
  const doubts = sentencesAboutDoubts(given, schema, masked);
  return { values, given: new Set(given.map(([name]) => name)), unknown, doubts };
}

/** The settings of the schema that the operator filled in, as they were given. */
export function givenAmong(raw: JsonObject, schema: Schema): JsonObject {
  const known = isObject(schema['properties']) ? schema['properties'] : {};
  const masked = maskedBy(schema);
  const given = Object.entries(raw).filter(
    ([name, value]) => Object.hasOwn(known, name) && !isAbsent(value, masked.has(name)),
  );
  return Object.fromEntries(given);
}

/** The secret ones among raw settings: those that the schema lists in `secrets`, as texts. */
export function secretsAmong(raw: JsonObject, schema: Schema): { name: string; secret: string }[] {
  return [...maskedBy(schema)].flatMap((name) => textsIn(raw[name]).map((secret) => ({ name, secret })));
}

/**
 * Every text in a value, however deep, as it was given and as it is without white space at its ends; numbers as text.
 */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [...new Set([value, trimmed(value)])].filter((text) => text !== '');
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsIn);
  return [];
}

function maskedBy(schema: Schema): Set<string> {
  const names = Array.isArray(schema['secrets']) ? (schema['secrets'] as unknown[]) : [];
  return new Set(names.filter((name) => typeof name === 'string'));
}

let ajv: Ajv | undefined;

/** One for all cards: each would compile the schema of schemas again, which takes longer than to compile a card. */
function ajvForCards(): Ajv {
  if (ajv !== undefined) return ajv;
  ajv = new Ajv({
    allErrors: true,
    // Errors with the value that they are about.
    verbose: true,
    useDefaults: true,
    strictTypes: false,
    logger: false,
    keywords: ['secrets'],
    // Two cards with the same $id are two cards.
    addUsedSchema: false,
  });
  // The package is CommonJS: its function is the member `default` of what Node.js gives as default.
  formats.default(ajv, { keywords: false });
  ajv.addFormat('uri', isAddress);
  return ajv;
}

function compile(schema: Schema): ValidateFunction {
  try {
    return ajvForCards().compile(schema);
  } catch (error) {
    throw new CardError(`A schema in the module's cards is wrong (${errorLine(error)}). Correct the card.`);
  }
}

const PLACEHOLDER = /^[*\u2022\u25CF\u2219\u00B7]{3,}$/u;

/** Whether a text stands for a secret that the platform keeps apart: a run of three or more asterisks or bullets. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.trim());
}

/** The settings of the schema whose values are, or hold, placeholders. */
export function placeholdersAmong(raw: JsonObject, schema: Schema): string[] {
  const known = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.keys(raw).filter((name) => Object.hasOwn(known, name) && textsIn(raw[name]).some(isPlaceholder));
}

/** `settings` with the secrets over them. A null or a placeholder says nothing about a secret: the setting stays. */
export function overlaySecrets(settings: JsonObject, secrets: JsonObject): JsonObject {
  const given = Object.entries(secrets).filter(([, value]) => value !== null && !textsIn(value).some(isPlaceholder));
  return { ...settings, ...Object.fromEntries(given) };
}

/** What to say about placeholders in the settings that `place` shows; `place` follows "Open". */
export function sentenceAboutPlaceholders(names: readonly string[], schema: Schema, place: string): string {
  const named = names.map((name) => nameOf(name, schema)).join(', ');
  const [verb, what, it] = names.length === 1 ? ['holds', 'secret', 'it'] : ['hold', 'secrets', 'them'];
  return (
    `${named} ${verb} a placeholder such as *****, and the platform did not hand out the ${what}. ` +
    `Open ${place}, enter ${it} again and save. If this comes back, update the module.`
  );
}
