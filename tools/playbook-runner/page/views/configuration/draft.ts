import type { Problem, SettingsChange, SettingsPicture } from '../../../src/wire/playbook.js';
import { type AccountFacts } from '../../../src/form/account.js';
import { checkName, credentials, secretNames, type SettingsSchema } from '../../../src/form/settings-schema.js';
import { findProblems, type SchemaError } from '../../../src/form/problems.js';
import { useState } from 'react';

/** Settings as they are filled in: what is absent has its default. */
export type Settings = Readonly<Record<string, unknown>>;

/** What a form is opened with: a playbook has a name, an account and an action have none. */
export type FormPicture = SettingsPicture & { readonly name?: string };

/** What the form holds until it is saved. */
export interface Draft {
  /** Null where what is filled in has none. */
  readonly name: string | null;
  /** With the secrets that have been typed; those that are saved never come to the page. */
  readonly settings: Settings;
  /** The saved secrets that are to be forgotten. */
  readonly forgotten: readonly string[];
}

export function draftOf(saved: FormPicture): Draft {
  return { name: saved.name ?? null, settings: saved.settings, forgotten: [] };
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

export function isChanged(draft: Draft, saved: FormPicture): boolean {
  return (
    draft.name !== (saved.name ?? null) ||
    draft.forgotten.length > 0 ||
    changedSettings(draft.settings, saved.settings).length > 0
  );
}

/** What to send to the runner so that the draft is what is saved. A secret that was typed replaces the saved one. */
export function changeOf({ settings, forgotten }: Draft, secretNames: readonly string[]): SettingsChange {
  const entries = Object.entries(tidy(settings, secretNames));
  const isSecret = ([setting]: [string, unknown]): boolean => secretNames.includes(setting);
  const typed = entries.filter(isSecret).map(([setting, value]): [string, string] => [setting, String(value)]);
  return {
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
export function afterFillIn(draft: Draft, before: FormPicture, after: FormPicture, replaced: readonly string[]): Draft {
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
 * @param account gives what a trigger's own settings leave empty
 */
export function checkDraft(
  schema: SettingsSchema,
  validate: (settings: Settings) => readonly SchemaError[],
  draft: Draft,
  savedSecrets: readonly string[],
  account?: AccountFacts,
): readonly Problem[] {
  const settings = tidy(draft.settings, secretNames(schema));
  const standing = savedSecrets.filter((name) => !(name in settings) && !draft.forgotten.includes(name));
  const standIns = Object.fromEntries(standing.map((name) => [name, 'saved']));
  const filledIn = { ...settings, ...standIns };
  const errors = validate(filledIn).filter(({ instancePath }) => !standing.some((name) => instancePath === `/${name}`));
  const problems = findProblems(schema, errors, filledIn, account);
  return [...(draft.name === null ? [] : checkName(draft.name)), ...problems];
}

/** Whether names or secrets of a tenant are filled in or saved. */
export function hasCredentials(
  settings: Settings,
  savedSecrets: readonly string[],
  secretNames: readonly string[],
): boolean {
  return credentials(secretNames).some((name) => savedSecrets.includes(name) || !isBlank(settings[name]));
}

export interface EditedDraft<Saved extends FormPicture> {
  readonly saved: Saved;
  readonly draft: Draft;
  readonly changed: boolean;
  /** What the operator has been at: what is wrong there may be said. */
  readonly touched: ReadonlySet<string>;
  /** Once saving was tried, all that is wrong may be said. */
  readonly tried: boolean;
  /** What the runner refused, until anything is edited: it may be for another setting that one was refused. */
  readonly refused: readonly Problem[];
  readonly rename: (name: string) => void;
  readonly change: (settings: Settings, setting: string) => void;
  readonly touch: (setting: string) => void;
  readonly forget: (secret: string) => void;
  readonly keep: (secret: string) => void;
  readonly discard: () => void;
  readonly try: () => void;
  readonly refuse: (problems: readonly Problem[]) => void;
  /** `sent` has been saved, and this came of it. What was edited since stays unsaved. */
  readonly accept: (sent: Draft, after: Saved) => void;
  /** The simulated tenant has been filled in beside what was saved and drafted when it was asked for. */
  readonly merge: (asked: Pick<EditedDraft<Saved>, 'draft' | 'saved'>, after: Saved) => void;
}

const none: ReadonlySet<string> = new Set();

/**
 * A draft of settings and what has been done with it.
 * @param replaced the names of the settings that the simulated tenant replaces
 */
export function useDraft<Saved extends FormPicture>(initial: Saved, replaced: readonly string[]): EditedDraft<Saved> {
  const [saved, setSaved] = useState(initial);
  const [draft, setDraft] = useState(() => draftOf(initial));
  const [touched, setTouched] = useState(none);
  // Settings that were saved once and have gone wrong since, as by a new card, need no try. New ones are just empty.
  const [tried, setTried] = useState(initial.problems.length > 0 && Object.keys(initial.settings).length > 0);
  const [refused, setRefused] = useState<readonly Problem[]>([]);

  const touch = (setting: string): void => setTouched((before) => new Set([...before, setting]));
  const edit = (setting: string, change: (before: Draft) => Draft): void => {
    setDraft(change);
    touch(setting);
    setRefused([]);
  };
  const settle = (): void => {
    setTried(false);
    setRefused([]);
  };
  /** What was touched stays so: it may be what is being typed just now. */
  const respond = (asked: Draft, next: Draft, after: Saved): void => {
    setSaved(after);
    setDraft((now) => keepEdits(now, asked, next));
    settle();
  };
  return {
    saved,
    draft,
    changed: isChanged(draft, saved),
    touched,
    tried,
    refused,
    rename: (name) => edit('name', (before) => ({ ...before, name })),
    change: (settings, setting) =>
      edit(setting, (before) => ({
        ...before,
        settings,
        forgotten: before.forgotten.filter((secret) => !(secret in settings)),
      })),
    touch,
    forget: (secret) => edit(secret, (before) => ({ ...before, forgotten: [...before.forgotten, secret] })),
    keep: (secret) =>
      edit(secret, (before) => ({ ...before, forgotten: before.forgotten.filter((name) => name !== secret) })),
    discard: () => {
      setDraft(draftOf(saved));
      setTouched(none);
      settle();
    },
    try: () => setTried(true),
    refuse: setRefused,
    accept: (sent, after) => respond(sent, draftOf(after), after),
    merge: (asked, after) => respond(asked.draft, afterFillIn(asked.draft, asked.saved, after, replaced), after),
  };
}
