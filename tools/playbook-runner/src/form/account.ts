/** What a trigger takes from the connected account, and what of the account it may have. Used by server and page. */
import { ownProofs, proofsIn, signsInByMachine } from './credential.js';
import { secretNames, INTAKE_KEY, type SettingsSchema, TENANT_ADDRESSES } from './settings-schema.js';

type Settings = Readonly<Record<string, unknown>>;

/** What the page may know of the connected account. */
export interface AccountFacts {
  readonly settings: Settings;
  /** The names of the secrets that it has. */
  readonly savedSecrets: readonly string[];
}

export const NO_ACCOUNT: AccountFacts = { settings: {}, savedSecrets: [] };

/**
 * The settings of a trigger that the account gives, as they are empty in its own: who signs in, and with what. Only
 * triggers that sign in as an application take any. A secret belongs to its `client_id`, and the account's is never
 * used beside a credential of the trigger's own.
 *
 * @param own what is filled in, secrets among them
 */
export function takenFromAccount(schema: SettingsSchema, own: Settings, account: AccountFacts): readonly string[] {
  if (proofsIn(schema).length === 0 || own['credential'] === 'managed_identity') return [];
  const ids = ['tenant_id', 'client_id'].filter((name) => own[name] === undefined && name in account.settings);
  return [...ids, ...proofsFrom(schema, own, account)];
}

function proofsFrom(schema: SettingsSchema, own: Settings, account: AccountFacts): readonly string[] {
  const { client_id: ownId, credential = 'automatic' } = own;
  const { client_id: id } = account.settings;
  if (id === undefined || (ownId !== undefined && plain(ownId) !== plain(id))) return [];
  if (hasOwnAddress(schema, own, account)) return [];
  const given = proofsIn(schema).filter((name) => account.savedSecrets.includes(name));
  if (credential === 'automatic') return ownProofs(schema, own).length > 0 ? [] : given.slice(0, 1);
  return given.filter((name) => name === credential && own[name] === undefined);
}

/** The account as a trigger gets it. */
export interface HandedAccount {
  readonly settings: Settings;
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * Everybody on this machine can open the page, and could have a secret sent to an address of theirs. So the account's
 * secrets go to no address that a trigger names, and a trigger's own credentials to none that the account names.
 */
export function handAccount(
  schema: SettingsSchema,
  own: Settings,
  { settings, secrets }: HandedAccount,
): HandedAccount {
  const facts = { settings, savedSecrets: Object.keys(secrets) };
  return {
    settings: hasOwnCredential(schema, own) ? without(settings, TENANT_ADDRESSES) : settings,
    secrets: hasOwnAddress(schema, own, facts) ? {} : secrets,
  };
}

/** Whether a trigger names an address that is neither its card's default nor the account's. */
function hasOwnAddress({ properties }: SettingsSchema, own: Settings, { settings }: AccountFacts): boolean {
  return TENANT_ADDRESSES.some((name) => {
    const address = own[name];
    return address !== undefined && ![properties[name]?.default, settings[name]].map(plain).includes(plain(address));
  });
}

function hasOwnCredential(schema: SettingsSchema, own: Settings): boolean {
  const names = [...secretNames(schema).filter((name) => name !== INTAKE_KEY), ...ownProofs(schema, own)];
  return signsInByMachine(own) || names.some((name) => own[name] !== undefined);
}

function without(settings: Settings, names: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)));
}

function plain(value: unknown): unknown {
  return typeof value === 'string' ? value.trim().replace(/\/+$/, '').toLowerCase() : value;
}
