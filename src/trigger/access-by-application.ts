import { ConfigurationError, type SettingsRules } from '@sekoia/automation-sdk-shim';
import type { MessageTraceGraphConfiguration } from '../configuration/settings.js';
import { SettingsError } from '../errors.js';
import { readClientCertificate } from '../microsoft/client-certificate.js';
import type { Identity } from '../microsoft/entra-id.js';
import type { Access } from './access.js';
import { application } from './advice.js';
import { problemsWithIds } from './id-rules.js';

const SECRET = '"client_secret" (Client secret)';
const CERTIFICATE = '"client_certificate" (Client certificate)';

/** What the card cannot say about the settings of an application. */
export const rulesForApplication: SettingsRules = (settings) => {
  const { client_secret: secret, client_certificate: certificate } = settings;
  const problems = problemsWithIds(settings);
  if (secret === undefined && certificate === undefined)
    problems.push(`Either ${SECRET} or ${CERTIFICATE} must be given.`);
  if (secret !== undefined && certificate !== undefined)
    problems.push(`Only one of ${SECRET} and ${CERTIFICATE} may be given.`);
  const wrong = typeof certificate === 'string' ? problemWithCertificate(certificate) : undefined;
  return wrong === undefined ? problems : [...problems, wrong];
};

/**
 * An application registered in Entra ID, by its secret or certificate: reads Microsoft Graph, or the Reporting Web Service where Graph has no
 * message traces.
 * @throws ConfigurationError where `rulesForApplication` are broken
 */
export function accessByApplication(settings: MessageTraceGraphConfiguration): Access {
  const { api, tenant_id: tenant, client_id: clientId } = settings;
  return {
    api,
    credentials: { kind: 'token', tenant, clientId, identity: identityOf(settings) },
    // A tenant may be named by its GUID, which is nobody's name.
    organization: tenant.includes('.') ? tenant : undefined,
    advice: application[api],
  };
}

function identityOf(settings: MessageTraceGraphConfiguration): Identity {
  const { client_secret: secret, client_certificate: certificate } = settings;
  const problems = rulesForApplication({ ...settings });
  if (problems.length > 0) throw new ConfigurationError(problems.join(' '));
  return secret === undefined
    ? { clientCertificate: readClientCertificate(certificate ?? '') }
    : { clientSecret: secret };
}

function problemWithCertificate(certificate: string): string | undefined {
  try {
    readClientCertificate(certificate);
    return undefined;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}
