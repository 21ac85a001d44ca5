import { isAbsolute } from 'node:path';
import { ConfigurationError, type JsonObject, type SettingsRules } from '@sekoia/automation-sdk-shim';
import type { MessageTraceGraphConfiguration } from '../settings/values.js';
import { SettingsError } from '../errors.js';
import { readClientCertificate } from '../microsoft/client-certificate.js';
import type { Access, Proof } from './access.js';
import { application, managedIdentity } from './advice.js';
import {
  chooseCredential,
  isLeftToEnvironment,
  problemsWithEnvironment,
  TOKEN_FILE,
  TOKEN_FILE_VARIABLE,
  workloadIdentityIn,
  type Credential,
  type WorkloadIdentity,
} from './application-credential.js';
import { APPLICATION_ID, problemsWithIds, TENANT } from './id-rules.js';

/** What the card cannot say about the settings of an application. */
export const rulesForApplication: SettingsRules = (settings) => problemsWith(settings, process.env);

/**
 * An application registered in Entra ID, by its secret, certificate or a federated token, or a managed identity of
 * Azure: reads Microsoft Graph, or the Reporting Web Service where Graph has no message traces.
 * @throws ConfigurationError where `rulesForApplication` are broken
 */
export function accessByApplication(settings: MessageTraceGraphConfiguration, env = process.env): Access {
  const values: JsonObject = { ...settings };
  const problems = problemsWith(values, env);
  const workload = workloadIdentityIn(env);
  const choice = chooseCredential(values, workload);
  if (problems.length > 0 || 'problem' in choice) throw new ConfigurationError(problems.join(' '));
  const { credential } = choice;
  const { api, tenant_id: tenantId, client_id: clientId, authority_url: authorityUrl } = settings;
  // A tenant may be named by its GUID, which is nobody's name.
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
      identity: proofOf(credential, settings, workload),
    },
    organization,
    guidance: application[api],
    authorityUrl: isLeftToEnvironment(authorityUrl) ? environment?.authorityUrl : undefined,
  };
}

function proofOf(
  credential: Exclude<Credential, 'managed_identity'>,
  settings: MessageTraceGraphConfiguration,
  { tokenFile }: WorkloadIdentity,
): Proof {
  const { client_secret: secret, client_certificate: certificate, federated_token_file: file } = settings;
  switch (credential) {
    case 'client_secret':
      return { clientSecret: secret ?? '' };
    case 'client_certificate':
      return { clientCertificate: readClientCertificate(certificate ?? '') };
    case 'federated_token':
      return file === undefined
        ? { federatedToken: { path: tokenFile ?? '', source: TOKEN_FILE_VARIABLE } }
        : { federatedToken: { path: file, source: TOKEN_FILE } };
  }
}

function problemsWith(settings: JsonObject, env: NodeJS.ProcessEnv): string[] {
  const workload = workloadIdentityIn(env);
  const choice = chooseCredential(settings, workload);
  const credential = 'credential' in choice ? choice.credential : undefined;
  return [
    ...problemsWithIds(settings),
    ...(credential === 'federated_token' ? problemsWithEnvironment(settings, workload) : []),
    ...missingIds(settings, credential, workload),
    ...('problem' in choice ? [choice.problem] : []),
    ...problemsWithCertificate(settings['client_certificate']),
    ...problemsWithTokenFile(settings['federated_token_file']),
  ];
}

/**
 * The card does not require them: a managed identity has no use for them, and Azure workload identity gives them
 * itself.
 */
function missingIds(
  { tenant_id: tenant, client_id: client }: JsonObject,
  credential: Credential | undefined,
  { tenantId, clientId }: WorkloadIdentity,
): string[] {
  if (credential === 'managed_identity') return [];
  const byEnvironment = credential === 'federated_token';
  const problems: string[] = [];
  if (tenant === undefined && !(byEnvironment && tenantId !== undefined))
    problems.push(`"tenant_id" (Tenant ID) is missing: it must be ${TENANT}.`);
  if (client === undefined && !(byEnvironment && clientId !== undefined))
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
