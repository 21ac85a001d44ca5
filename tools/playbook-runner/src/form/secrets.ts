import type { SettingsSchema } from './settings-schema.js';

/** Whoever has the key may write into the intake, but the cards do not mask it. */
export const INTAKE_KEY = 'intake_key';
/**
 * Characters. A shorter secret occurs in words, and hiding it would blot out the log and tell what it is; the module
 * does the same.
 */
export const LEAST_HIDDEN = 4;

/** The settings that are never shown: those that the card masks, and the intake key. */
export function secretNames({ secrets = [], properties }: SettingsSchema): readonly string[] {
  return INTAKE_KEY in properties ? [...new Set([...secrets, INTAKE_KEY])] : secrets;
}
