import { isObject, type JsonObject } from '../json.js';
import type { Schema } from './cards.js';
import { nameOf } from './sentences.js';
import { textsIn } from './settings.js';

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
