import type { JsonObject } from '@sekoia/automation-sdk-shim';
import { isDomain, isGuid } from '../settings/directory.js';
import { isLoopback } from '../microsoft/clouds.js';
import { APPLICATION_ID, TENANT } from './id-rules.js';

/** How an application can prove who it is, as the setting `credential` names it. */
export type Credential = 'client_secret' | 'client_certificate' | 'federated_token' | 'managed_identity';

/** What the environment says besides the settings: names of Azure workload identity's webhook. */
export interface WorkloadIdentity {
  readonly tokenFile: string | undefined;
  readonly tenantId: string | undefined;
  readonly clientId: string | undefined;
  readonly authorityUrl: string | undefined;
}

const SECRET = '"client_secret" (Client secret)';
const CERTIFICATE = '"client_certificate" (Client certificate)';
export const TOKEN_FILE = '"federated_token_file" (Federated token file)';
export const TOKEN_FILE_VARIABLE = 'the environment variable AZURE_FEDERATED_TOKEN_FILE';
const CREDENTIAL = '"credential" (Credential)';

/** The setting that each needs; a managed identity needs none. */
const SETTINGS = [
  ['client_secret', 'client_secret', SECRET],
  ['client_certificate', 'client_certificate', CERTIFICATE],
  ['federated_token', 'federated_token_file', TOKEN_FILE],
] as const;

/** What the card fills in: the environment may name another authority then. */
const DEFAULT_AUTHORITY = 'https://login.microsoftonline.com';

export function isLeftToEnvironment(authorityUrl: unknown): boolean {
  return authorityUrl === undefined || authorityUrl === DEFAULT_AUTHORITY;
}

export function workloadIdentityIn(env: NodeJS.ProcessEnv): WorkloadIdentity {
  const variable = (name: string): string | undefined => env[name]?.trim() || undefined;
  return {
    tokenFile: variable('AZURE_FEDERATED_TOKEN_FILE'),
    tenantId: variable('AZURE_TENANT_ID'),
    clientId: variable('AZURE_CLIENT_ID'),
    authorityUrl: variable('AZURE_AUTHORITY_HOST'),
  };
}

/** The one to use, or what is wrong with the settings so that none can be chosen. */
export function chooseCredential(
  settings: JsonObject,
  { tokenFile }: WorkloadIdentity,
): { readonly credential: Credential } | { readonly problem: string } {
  const named = settings['credential'];
  if (named === 'managed_identity') return { credential: named };
  const given = SETTINGS.filter(([, setting]) => settings[setting] !== undefined);
  const chosen = SETTINGS.find(([credential]) => credential === named);
  if (chosen !== undefined) {
    const [credential, , title] = chosen;
    if (given.includes(chosen) || (credential === 'federated_token' && tokenFile !== undefined)) return { credential };
    const or = credential === 'federated_token' ? `, or ${TOKEN_FILE_VARIABLE} must be set` : '';
    return { problem: `${title} must be given${or}, as ${CREDENTIAL} is "${credential}".` };
  }
  if (given.length > 1) {
    const titles = given.map(([, , title]) => title).join(' and ');
    return { problem: `Only one of ${titles} may be given, unless ${CREDENTIAL} says which one is used.` };
  }
  const only = given[0]?.[0] ?? (tokenFile === undefined ? undefined : 'federated_token');
  if (only !== undefined) return { credential: only };
  return {
    problem:
      `Nothing proves who signs in. Give one of ${SECRET}, ${CERTIFICATE} and ${TOKEN_FILE}, ` +
      `or set ${CREDENTIAL} to managed_identity where the module runs in Azure.`,
  };
}

/** What is wrong with what the environment says, in the place of settings that are left out. */
export function problemsWithEnvironment(
  { tenant_id: tenant, client_id: client, authority_url: authority }: JsonObject,
  { tenantId, clientId, authorityUrl }: WorkloadIdentity,
): string[] {
  const problems: string[] = [];
  if (tenant === undefined && tenantId !== undefined && !isGuid(tenantId) && !isDomain(tenantId))
    problems.push(`The environment variable AZURE_TENANT_ID must be ${TENANT}.`);
  if (client === undefined && clientId !== undefined && !isGuid(clientId))
    problems.push(`The environment variable AZURE_CLIENT_ID must be ${APPLICATION_ID}.`);
  if (isLeftToEnvironment(authority) && authorityUrl !== undefined && !isAuthority(authorityUrl))
    problems.push('The environment variable AZURE_AUTHORITY_HOST must be an address that begins with https://.');
  return problems;
}

/** As the card has it of authority_url: https, or http on loopback. */
function isAuthority(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(address));
}
