import type { SettingsSchema } from '../../../src/form/settings-schema.js';

/** Characters: a shorter text occurs in logs by chance, so that the module cannot blot it out there. */
const LEAST_HIDDEN = 4;

/** The settings to mask: those that the card names, and the intake key, which opens the intake to whoever has it. */
export function secretNames({ secrets = [], properties }: SettingsSchema): readonly string[] {
  return 'intake_key' in properties ? [...new Set([...secrets, 'intake_key'])] : secrets;
}

/** What to think about a secret that was typed; undefined where there is nothing. */
export function cautionAbout(secret: unknown): string | undefined {
  if (typeof secret !== 'string' || secret.trim() === '' || secret.length >= LEAST_HIDDEN) return undefined;
  return `Shorter than ${LEAST_HIDDEN} characters: it cannot be kept out of the logs.`;
}
