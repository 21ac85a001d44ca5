import type { SettingsSchema } from '../../../src/form/settings-schema.js';

/** The settings to mask: those that the card names, and the intake key, which opens the intake to whoever has it. */
export function secretNames({ secrets = [], properties }: SettingsSchema): readonly string[] {
  return 'intake_key' in properties ? [...new Set([...secrets, 'intake_key'])] : secrets;
}
