import { Ajv } from 'ajv';
import type { Problem } from '../wire/playbook.js';
import { findProblems } from './problems.js';
import type { SettingsSchema } from './settings-schema.js';

/** What is wrong with settings, the secrets among them; empty where nothing is. */
export type SettingsCheck = (settings: Readonly<Record<string, unknown>>) => Problem[];

/** @throws Error where `schema` is no schema: the card is to be mended then. */
export function compileSettingsCheck(schema: SettingsSchema): SettingsCheck {
  const ajv = new Ajv({ allErrors: true, validateFormats: false, strictTypes: false });
  ajv.addKeyword('secrets');
  const validate = ajv.compile(schema);
  return (settings) => {
    const filledIn = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '' && value !== null));
    return findProblems(schema, validate(filledIn) ? [] : (validate.errors ?? []), filledIn);
  };
}
