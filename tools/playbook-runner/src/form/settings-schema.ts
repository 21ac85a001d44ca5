/** What is used of one setting's schema in a card (JSON Schema, draft-07). */
export interface SettingSchema {
  readonly type?: string;
  readonly title?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What is used of a card's `arguments`. */
export interface SettingsSchema {
  readonly properties: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
  /** The settings to mask. */
  readonly secrets?: readonly string[];
}

/** A setting's name as the form shows it. */
export function titleOf(schema: SettingsSchema, setting: string): string {
  return schema.properties[setting]?.title ?? setting;
}
