import type { SettingsCheck } from '../form/check-settings.js';
import type { SettingsSchema } from '../form/settings-schema.js';
import type { LibraryEntry } from '../wire/library.js';

/** A trigger's card, as far as a playbook needs it. */
export interface Card extends LibraryEntry {
  /** The schema of its settings. */
  readonly schema: SettingsSchema;
  readonly check: SettingsCheck;
  /** Which settings are never sent to the page: those that the card masks, and the intake key. */
  readonly secretNames: ReadonlySet<string>;
}

/** What a setting is where it was not filled in. */
export function valueOf(card: Card, settings: Readonly<Record<string, unknown>>, name: string): unknown {
  return settings[name] ?? card.schema.properties[name]?.default;
}
