import { ConfigurationError } from '@sekoia/automation-sdk-shim';
import type { MessageTraceGraphConfiguration } from '../configuration/settings.js';
import { SettingsError } from '../errors.js';
import { readClientCertificate } from '../microsoft/client-certificate.js';
import type { Identity } from '../microsoft/entra-id.js';
import type { Access } from './access.js';
import { application } from './advice.js';

/**
 * An application registered in Entra ID, by its secret or certificate: reads Microsoft Graph, or the Reporting Web Service where Graph has no
 * message traces.
 * @throws ConfigurationError
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

function identityOf({ client_secret, client_certificate }: MessageTraceGraphConfiguration): Identity {
  if (client_secret !== undefined) return { clientSecret: client_secret };
  try {
    return { clientCertificate: readClientCertificate(client_certificate ?? '') };
  } catch (error) {
    throw error instanceof SettingsError ? new ConfigurationError(error.message) : error;
  }
}
