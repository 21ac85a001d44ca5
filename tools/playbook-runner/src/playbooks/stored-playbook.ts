import { HttpError } from '@local/testbed';
import type { PlaybookChange, Problem, SettingsChange } from '../wire/playbook.js';
import { type FormCard, valueOf } from '../cards/read-cards.js';
import type { AccountFacts } from '../form/account.js';
import { checkName, INTAKE_KEY, TENANT_ADDRESSES } from '../form/settings-schema.js';

/** Answered with 422 and what is wrong with which setting. */
export class InvalidSettingsError extends HttpError {
  override readonly name = 'InvalidSettingsError';
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[]) {
    super(422, message);
    this.problems = problems;
  }
}

/** A playbook as it lies on disk, without what is secret. */
export interface StoredPlaybook {
  readonly name: string;
  /** Its trigger's `docker_parameters`. */
  readonly trigger: string;
  /** What was filled in, and nothing else. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly usesSimulatedTenant: boolean;
  /** When it was added, in milliseconds since 1970: playbooks are shown in that order. */
  readonly addedAtMs: number;
}

/** By the settings' names. */
export type Secrets = Readonly<Record<string, string>>;

/** @throws TypeError where `content` is no playbook. */
export function asStoredPlaybook(content: unknown): StoredPlaybook {
  const { name, trigger, settings, usesSimulatedTenant, addedAtMs } = asObject(content);
  if (typeof name !== 'string' || typeof trigger !== 'string' || typeof usesSimulatedTenant !== 'boolean') {
    throw new TypeError('it has not the name, trigger and usesSimulatedTenant of a playbook');
  }
  if (typeof addedAtMs !== 'number') throw new TypeError('addedAtMs is no number');
  return { name, trigger, settings: asObject(settings), usesSimulatedTenant, addedAtMs };
}

/** @throws TypeError where `content` is not names with texts. */
export function asSecrets(content: unknown): Secrets {
  const secrets = asObject(content);
  if (Object.values(secrets).some((secret) => typeof secret !== 'string')) throw new TypeError('a secret is no text');
  return secrets as Secrets;
}

function asObject(content: unknown): Record<string, unknown> {
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Record<string, unknown>;
  }
  throw new TypeError('it is no JSON object');
}

/** Settings, and apart from them the secrets. */
export interface SavedValues {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
}

/** What a change makes of a playbook's name, settings and secrets. */
export interface Changed extends SavedValues {
  readonly name: string;
}

/** @throws {InvalidSettingsError} where there is something wrong with them. */
export function applyChange(
  card: FormCard,
  before: SavedValues,
  change: PlaybookChange,
  account?: AccountFacts,
): Changed {
  const name = change.name.trim();
  const nameProblems = checkName(name);
  return { name, ...applySettings(card, before, change, { account, nameProblems }) };
}

interface Besides {
  readonly account?: AccountFacts | undefined;
  readonly nameProblems?: readonly Problem[];
}

/**
 * What a change makes of settings and secrets.
 *
 * @throws {InvalidSettingsError} where there is something wrong with them.
 */
export function applySettings(
  card: FormCard,
  before: SavedValues,
  change: SettingsChange,
  { account, nameProblems = [] }: Besides = {},
): SavedValues {
  const { settings } = change;
  const secrets = mergeSecrets(before.secrets, change.secrets);
  const problems = [
    ...nameProblems,
    ...unexpected(Object.keys(settings), (setting) => isOpen(card, setting)),
    ...unexpected(Object.keys(change.secrets), (setting) => card.secretNames.has(setting)),
    ...blank({ ...settings, ...secrets }),
    ...card.check({ ...settings, ...secrets }, account),
    ...misled(card, before, change),
  ];
  if (problems.length > 0) throw wrongSettings(problems);
  return { settings, secrets };
}

export function wrongSettings(problems: readonly Problem[]): InvalidSettingsError {
  return new InvalidSettingsError('Some settings are missing or wrong: correct them and save.', problems);
}

/** @throws {InvalidSettingsError} where it cannot be a name. */
export function checkedName(name: string): string {
  const problems = checkName(name);
  if (problems.length > 0) throw wrongSettings(problems);
  return name.trim();
}

/** A secret among the settings would be kept and shown with them. */
function isOpen(card: FormCard, setting: string): boolean {
  return Object.hasOwn(card.schema.properties, setting) && !card.secretNames.has(setting);
}

function unexpected(names: readonly string[], isExpected: (setting: string) => boolean): Problem[] {
  return names
    .filter((name) => !isExpected(name))
    .map((setting) => ({ setting, message: 'The card has no such setting here: leave it out.' }));
}

/** White space alone would pass for a text of the card's shortest length. */
function blank(settings: Readonly<Record<string, unknown>>): Problem[] {
  return Object.entries(settings)
    .filter(([, value]) => typeof value === 'string' && value.trim() === '')
    .map(([setting]) => ({ setting, message: 'Fill in this field.' }));
}

/**
 * Where an address changes, a secret that is saved does not go there by itself: everybody on this machine can open the
 * page, and would read it where it arrives.
 */
function misled(card: FormCard, before: SavedValues, { settings, secrets }: SettingsChange): Problem[] {
  const changes = (address: string) => valueOf(card, before.settings, address) !== valueOf(card, settings, address);
  return Object.keys(before.secrets)
    .filter((name) => !Object.hasOwn(secrets, name) && receivers(name).some(changes))
    .map((setting) => ({ setting, message: 'Type it again: it would go to another address than before.' }));
}

/** The settings that say where a secret is sent. */
function receivers(secret: string): readonly string[] {
  return secret === INTAKE_KEY ? ['intake_server'] : TENANT_ADDRESSES;
}

function mergeSecrets(before: Secrets, change: SettingsChange['secrets']): Secrets {
  const merged = Object.entries({ ...before, ...change });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
