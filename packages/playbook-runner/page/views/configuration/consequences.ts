import type { SettingsSchema } from '../../../src/form/settings-schema.js';
import type { Settings } from './draft.js';
import type { SettingGroup } from './setting-groups.js';

/**
 * What follows from settings that depend on one another, as one sentence for each group that has any.
 *
 * @param has whether a setting is filled in, or is a saved secret
 */
export function tellConsequences(
  schema: SettingsSchema,
  settings: Settings,
  has: (name: string) => boolean,
): Partial<Record<SettingGroup['id'], string>> {
  const api = settings['api'] ?? schema.properties['api']?.default;
  const asApplication = 'client_secret' in schema.properties;
  return {
    ...(asApplication && { required: tellProof(has('client_secret'), has('client_certificate')) }),
    ...('api' in schema.properties && {
      api: asApplication ? tellApplication(api) : tellAccount(api, has('client_id')),
    }),
    ...('intake_server' in schema.properties && { intake: tellIntake(settings['intake_server']) }),
  };
}

function tellProof(secret: boolean, certificate: boolean): string {
  if (secret && certificate) return 'Both a client secret and a certificate are given: only one of them may be.';
  if (certificate) return 'The application proves who it is with its certificate.';
  if (secret) return 'The application proves who it is with its client secret.';
  return 'The application proves who it is with either a client secret or a certificate.';
}

function tellApplication(api: unknown): string {
  return `Signs in as the application through Entra ID and reads ${apiName(api === 'graph')}.`;
}

function tellAccount(api: unknown, hasClient: boolean): string {
  if (api === 'graph' && !hasClient) return 'Microsoft Graph is read with a Client ID alone: fill it in.';
  if (!hasClient) return 'Reads the Reporting Web Service with HTTP Basic.';
  return `Signs in through Entra ID and reads ${apiName(api !== 'reporting_web_service')}.`;
}

function apiName(graph: boolean): string {
  return graph ? 'Microsoft Graph' : 'the Reporting Web Service';
}

function tellIntake(server: unknown): string {
  return typeof server === 'string'
    ? `Events leave this machine: they go to ${server}, with the intake key.`
    : 'Events stay on this machine, in the intake of this runner.';
}
