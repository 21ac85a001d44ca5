import { Ajv } from 'ajv';
import type { LibraryEntry, Problem } from '../wire/playbook.js';
import type { AccountFacts } from '../form/account.js';
import { findProblems } from '../form/problems.js';
import { secretNames, type SettingsSchema } from '../form/settings-schema.js';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is wrong with settings, the secrets among them; empty where nothing is. The account gives what they lack. */
export type SettingsCheck = (settings: Readonly<Record<string, unknown>>, account?: AccountFacts) => Problem[];

/** @throws Error where `schema` is no schema: the card is to be mended then. */
export function compileSettingsCheck(schema: SettingsSchema): SettingsCheck {
  const ajv = new Ajv({ allErrors: true, validateFormats: false, strictTypes: false });
  ajv.addKeyword('secrets');
  const validate = ajv.compile(schema);
  return (settings, account) => {
    const filledIn = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '' && value !== null));
    return findProblems(schema, validate(filledIn) ? [] : (validate.errors ?? []), filledIn, account);
  };
}

/** What can be filled in: settings of a trigger, arguments of an action, the connected account. */
export interface FormCard {
  readonly schema: SettingsSchema;
  readonly check: SettingsCheck;
  /** Which settings are never sent to the page: those that the card masks, and the intake key. */
  readonly secretNames: ReadonlySet<string>;
}

/** A trigger's card, as far as a playbook needs it. */
export interface Card extends LibraryEntry, FormCard {}

/** An action's card, as far as a run needs it. */
export interface ActionCard extends FormCard {
  /** Its `docker_parameters`. */
  readonly command: string;
  readonly name: string;
}

/** What a setting is where it was not filled in. */
export function valueOf(card: FormCard, settings: Readonly<Record<string, unknown>>, name: string): unknown {
  return settings[name] ?? card.schema.properties[name]?.default;
}

/** The module, as its cards describe it. */
export interface ModuleCards {
  /** From the manifest; likewise the next two. */
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** By their triggers' `docker_parameters`, in the order of their files' names. */
  readonly cards: ReadonlyMap<string, Card>;
  /** Likewise of the actions. */
  readonly actions: ReadonlyMap<string, ActionCard>;
  /** The module's configuration, of which an account is made. */
  readonly account: FormCard;
}

/**
 * Reads manifest.json and each trigger_*.json and action_*.json in the repository's root.
 *
 * @throws Error naming the file that cannot be read as a card.
 */
export async function readModuleCards(repository: string): Promise<ModuleCards> {
  const manifest = await readCardFile(repository, 'manifest.json');
  const files = (await readdir(repository)).sort();
  const readAll = <Read>(pattern: RegExp, read: (repository: string, file: string) => Promise<Read>) =>
    Promise.all(files.filter((file) => pattern.test(file)).map((file) => read(repository, file)));
  const cards = await readAll(/^trigger_.*\.json$/, readCard);
  const actions = await readAll(/^action_.*\.json$/, readActionCard);
  return {
    name: textOf(manifest, 'name', 'manifest.json'),
    description: textOf(manifest, 'description', 'manifest.json'),
    version: textOf(manifest, 'version', 'manifest.json'),
    cards: new Map(cards.map((card) => [card.trigger, card])),
    actions: new Map(actions.map((card) => [card.command, card])),
    account: formOf(manifest, 'configuration', 'manifest.json'),
  };
}

async function readCard(repository: string, file: string): Promise<Card> {
  const card = await readCardFile(repository, file);
  return {
    trigger: textOf(card, 'docker_parameters', file),
    name: textOf(card, 'name', file),
    description: textOf(card, 'description', file),
    ...formOf(card, 'arguments', file),
  };
}

async function readActionCard(repository: string, file: string): Promise<ActionCard> {
  const card = await readCardFile(repository, file);
  return {
    command: textOf(card, 'docker_parameters', file),
    name: textOf(card, 'name', file),
    ...formOf(card, 'arguments', file),
  };
}

function formOf(card: Readonly<Record<string, unknown>>, member: string, file: string): FormCard {
  const schema = card[member] as Partial<SettingsSchema> | undefined;
  if (schema?.properties === undefined) throw new Error(`${file} has no ${member}.properties: mend the card.`);
  const complete = { ...schema, properties: schema.properties };
  return { schema: complete, check: compileSettingsCheck(complete), secretNames: new Set(secretNames(complete)) };
}

async function readCardFile(repository: string, file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(join(repository, file), 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${file} cannot be read (${String(error)}): mend the card.`, { cause: error });
  }
}

function textOf(card: Readonly<Record<string, unknown>>, member: string, file: string): string {
  const value = card[member];
  if (typeof value !== 'string') throw new Error(`${file} has no text under "${member}": mend the card.`);
  return value;
}
