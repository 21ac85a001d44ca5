import { readFileSync } from 'node:fs';
import type { SettingsSchema } from '../../src/form/settings-schema.js';

/** The settings that a trigger's card asks for: `message_trace`, `message_trace_graph`. */
export function readSettingsSchema(trigger: string): SettingsSchema {
  const card = new URL(`../../../../trigger_${trigger}.json`, import.meta.url);
  return (JSON.parse(readFileSync(card, 'utf8')) as { readonly arguments: SettingsSchema }).arguments;
}
