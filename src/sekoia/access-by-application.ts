import { ConfigurationError, type SettingsRules } from '@sekoia/automation-sdk-shim';
import {
  type ApplicationOptions,
  applicationOptions,
  DEFAULT_AUTHORITY_URL,
  type Unchecked,
} from '../settings/options.js';
import { isDomain, isGuid } from '../settings/values.js';
import { isLoopback } from '../microsoft/clouds.js';
import { type Access, APPLICATION_ID, problemsWithDomains, problemsWithIds, type Proof, TENANT } from './access.js';
import { isAbsolute } from 'node:path';
import { SettingsError } from '../model/errors.js';
import { readClientCertificate } from '../microsoft/sign-in/client-certificate.js';
import { application, managedIdentity } from './guidance.js';
import { rulesForPrivacy } from './row-privacy.js';
import { rulesForFilters } from './row-filters.js';

/** How an application can prove who it is, as the setting `credential` names it. */
type Credential = Exclude<ApplicationOptions['credential'], 'automatic'>;
/** The settings, where the card may have found some wrong. */
type Options = Unchecked<ApplicationOptions>;

/** What the environment says besides the settings: names of Azure workload identity's webhook. */
interface WorkloadIdentity {
  readonly tokenFile: string | undefined;
  readonly tenantId: string | undefined;
  readonly clientId: string | undefined;
  readonly authorityUrl: string | undefined;
}

export const SECRET = '"client_secret" (Client secret)';
export const CERTIFICATE = '"client_certificate" (Client certificate)';
const TOKEN_FILE = '"federated_token_file" (Federated token file)';
const TOKEN_FILE_VARIABLE = 'the environment variable AZURE_FEDERATED_TOKEN_FILE';
const CREDENTIAL = '"credential" (Credential)';

/** The option that each needs, and its title; a managed identity needs none. */
const CREDENTIALS = [
  ['client_secret', 'clientSecret', SECRET],
  ['client_certificate', 'clientCertificate', CERTIFICATE],
  ['federated_token', 'federatedTokenFile', TOKEN_FILE],
] as const;

function isLeftToEnvironment(authorityUrl: unknown): boolean {
  return authorityUrl === undefined || authorityUrl === DEFAULT_AUTHORITY_URL;
}

function workloadIdentityIn(env: NodeJS.ProcessEnv): WorkloadIdentity {
  const variable = (name: string): string | undefined => env[name]?.trim() || undefined;
  return {
    tokenFile: variable('AZURE_FEDERATED_TOKEN_FILE'),
    tenantId: variable('AZURE_TENANT_ID'),
    clientId: variable('AZURE_CLIENT_ID'),
    authorityUrl: variable('AZURE_AUTHORITY_HOST'),
  };
}

/** The one to use, or what is wrong with the settings so that none can be chosen. */
function chooseCredential(
  options: Options,
  { tokenFile }: WorkloadIdentity,
): { readonly credential: Credential } | { readonly problem: string } {
  const named = options.credential;
  if (named === 'managed_identity') return { credential: named };
  const given = CREDENTIALS.filter(([, option]) => options[option] !== undefined);
  const chosen = CREDENTIALS.find(([credential]) => credential === named);
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
function problemsWithEnvironment(options: Options, { tenantId, clientId, authorityUrl }: WorkloadIdentity): string[] {
  const problems: string[] = [];
  if (options.tenantId === undefined && tenantId !== undefined && !isGuid(tenantId) && !isDomain(tenantId))
    problems.push(`The environment variable AZURE_TENANT_ID must be ${TENANT}.`);
  if (options.clientId === undefined && clientId !== undefined && !isGuid(clientId))
    problems.push(`The environment variable AZURE_CLIENT_ID must be ${APPLICATION_ID}.`);
  if (isLeftToEnvironment(options.authorityUrl) && authorityUrl !== undefined && !isAuthority(authorityUrl))
    problems.push('The environment variable AZURE_AUTHORITY_HOST must be an address that begins with https://.');
  return problems;
}

/** As the card has it: https, or http on loopback. */
function isAuthority(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(address));
}

/** What the card cannot say about the settings of an application. */
export const rulesForApplication: SettingsRules = (settings) => [
  ...problemsWith(applicationOptions(settings), process.env),
  ...problemsWithDomains(settings),
  ...rulesForFilters(settings),
  ...rulesForPrivacy(settings),
];

/**
 * An application registered in Entra ID, by its secret, certificate or a federated token, or a managed identity of
 * Azure: reads Microsoft Graph, or the Reporting Web Service where Graph has no message traces.
 * @throws ConfigurationError where `rulesForApplication` are broken
 */
export function accessByApplication(options: ApplicationOptions, env = process.env): Access {
  const problems = problemsWith(options, env);
  const workload = workloadIdentityIn(env);
  const choice = chooseCredential(options, workload);
  if (problems.length > 0 || 'problem' in choice) throw new ConfigurationError(problems.join(' '));
  const { credential } = choice;
  const { api, tenantId, clientId, authorityUrl } = options;
  // The tenant setting may be a GUID, which is not an organization's name.
  const organization = tenantId?.includes('.') === true ? tenantId : undefined;
  if (credential === 'managed_identity')
    return { api, credentials: { kind: 'managed', clientId }, organization, guidance: managedIdentity[api] };
  const environment = credential === 'federated_token' ? workload : undefined;
  return {
    api,
    credentials: {
      kind: 'token',
      tenant: tenantId ?? environment?.tenantId ?? '',
      clientId: clientId ?? environment?.clientId ?? '',
      identity: proofOf(credential, options, workload),
    },
    organization,
    guidance: application[api],
    authorityUrl: isLeftToEnvironment(authorityUrl) ? environment?.authorityUrl : undefined,
  };
}

function proofOf(
  credential: Exclude<Credential, 'managed_identity'>,
  { clientSecret, clientCertificate, federatedTokenFile: file }: ApplicationOptions,
  { tokenFile }: WorkloadIdentity,
): Proof {
  switch (credential) {
    case 'client_secret':
      return { clientSecret: clientSecret ?? '' };
    case 'client_certificate':
      return { clientCertificate: readClientCertificate(clientCertificate ?? '') };
    case 'federated_token':
      return file === undefined
        ? { federatedToken: { path: tokenFile ?? '', source: TOKEN_FILE_VARIABLE } }
        : { federatedToken: { path: file, source: TOKEN_FILE } };
  }
}

/** A sentence for each. */
export function problemsWith(options: Options, env: NodeJS.ProcessEnv): string[] {
  const workload = workloadIdentityIn(env);
  const choice = chooseCredential(options, workload);
  const credential = 'credential' in choice ? choice.credential : undefined;
  return [
    ...problemsWithIds(options),
    ...(credential === 'federated_token' ? problemsWithEnvironment(options, workload) : []),
    ...missingIds(options, credential, workload),
    ...('problem' in choice ? [choice.problem] : []),
    ...problemsWithCertificate(options.clientCertificate),
    ...problemsWithTokenFile(options.federatedTokenFile),
  ];
}

/**
 * The card does not require them: a managed identity has no use for them, and Azure workload identity gives them
 * itself.
 */
function missingIds(
  options: Options,
  credential: Credential | undefined,
  { tenantId, clientId }: WorkloadIdentity,
): string[] {
  if (credential === 'managed_identity') return [];
  const byEnvironment = credential === 'federated_token';
  const problems: string[] = [];
  if (options.tenantId === undefined && !(byEnvironment && tenantId !== undefined))
    problems.push(`"tenant_id" (Tenant ID) is missing: it must be ${TENANT}.`);
  if (options.clientId === undefined && !(byEnvironment && clientId !== undefined))
    problems.push(`"client_id" (Client ID) is missing: it must be ${APPLICATION_ID}.`);
  return problems;
}

function problemsWithCertificate(certificate: unknown): string[] {
  if (typeof certificate !== 'string') return [];
  try {
    readClientCertificate(certificate);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return [error.message];
    throw error;
  }
}

/** The token itself may have been pasted there: no value is quoted. */
function problemsWithTokenFile(file: unknown): string[] {
  return typeof file !== 'string' || isAbsolute(file)
    ? []
    : [
        `${TOKEN_FILE} must be the absolute path of a file, such as /var/run/secrets/azure/tokens/azure-identity-token.`,
      ];
}
