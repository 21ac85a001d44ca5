import type { Problem } from '../wire/playbook.js';

/** What is used of one setting's schema in a card (JSON Schema, draft-07). */
export interface SettingSchema {
  readonly type?: string;
  readonly title?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of a list: what each entry is. */
  readonly items?: SettingSchema;
}

/** What is used of a card's `arguments`. */
export interface SettingsSchema {
  readonly properties: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
  /** The settings to mask. */
  readonly secrets?: readonly string[];
}

/** What is used of the schema of an action's results, and of their parts. */
export interface ResultSchema {
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, ResultSchema>>;
  /** Of a list: what each entry is. */
  readonly items?: ResultSchema;
}

/** A setting's name as the form shows it. */
export function titleOf(schema: SettingsSchema, setting: string): string {
  return schema.properties[setting]?.title ?? setting;
}

/** Anyone who has the key may write into the intake, but the cards do not mask it. */
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

/** Where a trigger reads and signs in. */
export const TENANT_ADDRESSES = ['api_url', 'authority_url'];
/** Which service answers there, and for what a token is asked. */
const SERVICES = ['api', 'token_scope', 'credential'];
/** Who signs in to which tenant, besides the secrets. */
const IDENTITIES = ['account_name', 'client_id', 'tenant_id', 'federated_token_file'];

/** The names of the settings that belong to one tenant: another one replaces them all, and no other. */
export function tenantSettings(secretNames: Iterable<string>): readonly string[] {
  return [...TENANT_ADDRESSES, ...SERVICES, ...credentials(secretNames)];
}

/** Secrets that open no tenant. */
const OTHER_SECRETS: readonly string[] = [INTAKE_KEY, 'privacy_key'];

/** Names and secrets with which a trigger signs in. */
export function credentials(secretNames: Iterable<string>): readonly string[] {
  return [...IDENTITIES, ...[...secretNames].filter((name) => !OTHER_SECRETS.includes(name))];
}

const MAX_NAME_LENGTH = 100;

/** What is wrong with a playbook's name. */
export function checkName(name: string): readonly Problem[] {
  const trimmed = name.trim();
  if (trimmed === '') return [{ setting: 'name', message: 'Fill in this field.' }];
  if (trimmed.length <= MAX_NAME_LENGTH) return [];
  return [{ setting: 'name', message: `Write a name of at most ${MAX_NAME_LENGTH} characters.` }];
}
