import type { PlaybookChange, PlaybookSettings, Problem } from '../../../src/wire/playbook.js';
import { checkName, credentials, secretNames, type SettingsSchema } from '../../../src/form/settings-schema.js';
import { findProblems, type SchemaError } from '../../../src/form/problems.js';

/** Settings as they are filled in: what is absent has its default. */
export type Settings = Readonly<Record<string, unknown>>;

/** What the form holds until it is saved. */
export interface Draft {
  readonly name: string;
  /** With the secrets that have been typed; those that are saved never come to the page. */
  readonly settings: Settings;
  /** The saved secrets that are to be forgotten. */
  readonly forgotten: readonly string[];
}

export function draftOf(saved: PlaybookSettings): Draft {
  return { name: saved.name, settings: saved.settings, forgotten: [] };
}

/** Without the settings that were emptied: they have their defaults again. */
export function filledIn(settings: Settings): Settings {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}

export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** As they are to be saved: without what is blank, and texts without the space around them. Secrets stay as typed. */
export function tidy(settings: Settings, secretNames: readonly string[]): Settings {
  const filled = Object.entries(settings).filter(([, value]) => !isBlank(value));
  return Object.fromEntries(
    filled.map(([name, value]) => [
      name,
      typeof value === 'string' && !secretNames.includes(name) ? value.trim() : value,
    ]),
  );
}

export function isChanged(draft: Draft, saved: PlaybookSettings): boolean {
  return (
    draft.name !== saved.name ||
    draft.forgotten.length > 0 ||
    changedSettings(draft.settings, saved.settings).length > 0
  );
}

/** What to send to the runner so that the draft is what is saved. A secret that was typed replaces the saved one. */
export function changeOf({ name, settings, forgotten }: Draft, secretNames: readonly string[]): PlaybookChange {
  const entries = Object.entries(tidy(settings, secretNames));
  const isSecret = ([setting]: [string, unknown]): boolean => secretNames.includes(setting);
  const typed = entries.filter(isSecret).map(([setting, value]): [string, string] => [setting, String(value)]);
  return {
    name: name.trim(),
    settings: Object.fromEntries(entries.filter((entry) => !isSecret(entry))),
    secrets: { ...Object.fromEntries(forgotten.map((setting) => [setting, null])), ...Object.fromEntries(typed) },
  };
}

/**
 * What is left to save of a draft once the simulated tenant was filled in: all but the settings that it replaces.
 * Those that it merely adds where none were saved, such as an intake key, may have been typed meanwhile.
 *
 * @param replaced their names
 */
export function afterFillIn(
  draft: Draft,
  before: PlaybookSettings,
  after: PlaybookSettings,
  replaced: readonly string[],
): Draft {
  const mine = changedSettings(draft.settings, before.settings).filter((setting) => !replaced.includes(setting));
  return {
    name: draft.name,
    settings: withThose(mine, draft.settings, after.settings),
    forgotten: draft.forgotten.filter((secret) => !replaced.includes(secret)),
  };
}

/**
 * Does to `next` what was done to a draft while the runner was being asked.
 *
 * @param asked the draft as it was then
 * @param next what the runner's answer makes of it, which forgets no secret that `asked` did not
 */
export function keepEdits(draft: Draft, asked: Draft, next: Draft): Draft {
  return {
    name: draft.name === asked.name ? next.name : draft.name,
    settings: withThose(changedSettings(draft.settings, asked.settings), draft.settings, next.settings),
    forgotten: draft.forgotten.filter((secret) => next.forgotten.includes(secret) || !asked.forgotten.includes(secret)),
  };
}

/** `settings` in which those with the given names are as `from` has them. */
function withThose(names: readonly string[], from: Settings, settings: Settings): Settings {
  return filledIn({ ...settings, ...Object.fromEntries(names.map((name) => [name, from[name]])) });
}

function changedSettings(one: Settings, other: Settings): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}

/**
 * What is wrong with a draft. A saved secret stands as filled in: only the runner knows its value, and has checked it.
 *
 * @param validate ajv's errors for settings
 */
export function checkDraft(
  schema: SettingsSchema,
  validate: (settings: Settings) => readonly SchemaError[],
  draft: Draft,
  savedSecrets: readonly string[],
): readonly Problem[] {
  const settings = tidy(draft.settings, secretNames(schema));
  const standing = savedSecrets.filter((name) => !(name in settings) && !draft.forgotten.includes(name));
  const standIns = Object.fromEntries(standing.map((name) => [name, 'saved']));
  const filledIn = { ...settings, ...standIns };
  const errors = validate(filledIn).filter(({ instancePath }) => !standing.some((name) => instancePath === `/${name}`));
  const problems = findProblems(schema, errors, filledIn);
  return [...checkName(draft.name), ...problems];
}

/** Whether names or secrets of a tenant are filled in or saved. */
export function hasCredentials(
  settings: Settings,
  savedSecrets: readonly string[],
  secretNames: readonly string[],
): boolean {
  return credentials(secretNames).some((name) => savedSecrets.includes(name) || !isBlank(settings[name]));
}
