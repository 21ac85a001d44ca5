import { proofsIn } from '../../../src/form/credential.js';
import { type SettingsSchema, titleOf } from '../../../src/form/settings-schema.js';

/** What is used of a setting's schema in a card. */
interface DescribedSetting {
  readonly type?: unknown;
  readonly description?: string | undefined;
  readonly default?: unknown;
}

/** What a number counts, as its description says: `seconds`, `events`. Undefined for what is no number. */
export function unitOf({ type, description = '' }: DescribedSetting): string | undefined {
  if (type !== 'integer' && type !== 'number') return undefined;
  return / Unit: (\w+)\.$/.exec(description)?.[1];
}

/** How a value reads in a sentence: `On`, `60 seconds`, `automatic`. */
export function valueWords(schema: DescribedSetting, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  const unit = unitOf(schema);
  if (unit === undefined) return String(value);
  return `${String(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** `Default: 60 seconds`, without a stop, which addresses would swallow; undefined where there is none. */
export function defaultWords(schema: DescribedSetting): string | undefined {
  return schema.default === undefined ? undefined : `Default: ${valueWords(schema, schema.default)}`;
}

/** `this or Client certificate`, where one of several settings is needed; undefined for all others. */
export function alternativesWords(schema: SettingsSchema, setting: string): string | undefined {
  const alternatives = proofsIn(schema);
  if (!alternatives.includes(setting)) return undefined;
  const others = alternatives.filter((name) => name !== setting).map((name) => titleOf(schema, name));
  return `this or ${others.join(' or ')}`;
}
