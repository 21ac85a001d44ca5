/** What a trigger takes from the connected account, by the form's names. See docs/adr/0023-account-settings.md. */
import { accountSettings, applicationSettings } from './definition.js';

type Values = Readonly<Record<string, unknown>>;
/** Values as they come from a form: they are checked later. */
type Taken<Given extends Values> = Record<string, Given[string]>;

const CREDENTIALS = ['client_secret', 'client_certificate'] as const;
const ADDRESSES = ['api_url', 'authority_url'] as const;
const OWN_CREDENTIALS = [...CREDENTIALS, 'federated_token_file'] as const;

/**
 * The settings that the trigger of an application takes from the account. Its own come first, one by one, with three
 * exceptions.
 * An address that has the default of the form counts as absent, because forms fill it in. A credential belongs to its
 * application and its addresses: the account's is used for the account's `client_id` only, goes to no other address,
 * and is never used beside one of the trigger's own.
 * A managed identity is the machine's, and no application of the account.
 * @param own what the operator gave, without what is absent
 * @param account checked, without what is absent
 */
export function settingsFromAccount<Given extends Values>(own: Values, account: Given): Taken<Given> {
  const names = [...addressesFrom(own, account), ...(isOfMachine(own) ? [] : identityFrom(own, account))];
  return Object.fromEntries(names.flatMap((name) => (name in account ? [[name, account[name]]] : []))) as Taken<Given>;
}

/** Which API is at an address: only the old service has its name in its path. */
export function apiAt(apiUrl: string): 'graph' | 'reporting_web_service' {
  return /\/reportingwebservice\b/i.test(apiUrl) ? 'reporting_web_service' : 'graph';
}

function isOfMachine({ credential }: Values): boolean {
  return credential === 'managed_identity';
}

function identityFrom(own: Values, account: Values): string[] {
  const ids = ['tenant_id', 'client_id'].filter((name) => own[name] === undefined);
  return [...ids, ...credentialsFrom(own, account)];
}

function credentialsFrom(own: Values, account: Values): readonly string[] {
  const { client_id: ownId, credential = 'automatic' } = own;
  const { client_id: id } = account;
  if (id === undefined || (ownId !== undefined && lowered(ownId) !== lowered(id))) return [];
  // Who may set up a trigger, but not see the account's secret, must not have it sent to a server of theirs.
  if (!ADDRESSES.every((name) => isLeft(name, own) || isSame(own[name], account[name]))) return [];
  if (credential === 'automatic') return OWN_CREDENTIALS.some((name) => own[name] !== undefined) ? [] : CREDENTIALS;
  return CREDENTIALS.filter((name) => name === credential && own[name] === undefined);
}

function addressesFrom(own: Values, account: Values): string[] {
  const { api = applicationSettings.api.default } = own;
  const { api_url: apiUrl } = account;
  const isOfTheApi = typeof apiUrl === 'string' && apiAt(apiUrl) === api;
  return [
    ...(isOfTheApi && isLeft('api_url', own) ? ['api_url'] : []),
    ...(isLeft('authority_url', own) ? ['authority_url'] : []),
  ];
}

function isLeft(name: (typeof ADDRESSES)[number], own: Values): boolean {
  const value = own[name];
  if (value === undefined) return true;
  const defaults = [applicationSettings[name].default, accountSettings[name].default];
  return typeof value === 'string' && defaults.some((each) => each === plain(value));
}

function isSame(one: unknown, other: unknown): boolean {
  return typeof one === 'string' && typeof other === 'string' && plain(one) === plain(other);
}

function plain(address: string): string {
  return address.trim().replace(/\/+$/, '');
}

function lowered(id: unknown): unknown {
  return typeof id === 'string' ? id.trim().toLowerCase() : id;
}
