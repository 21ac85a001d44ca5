import { hasCredential } from '../../../src/form/credential.js';
import type { SettingsSchema } from '../../../src/form/settings-schema.js';
import type { Settings } from './draft.js';
import type { SettingGroup } from './setting-words.js';

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
  const asApplication = hasCredential(schema);
  return {
    ...(asApplication && { required: tellProof(settings['credential'], has) }),
    ...('api' in schema.properties && {
      api: asApplication ? tellApplication(api) : tellAccount(api, has('client_id')),
    }),
    ...('intake_server' in schema.properties && { intake: tellIntake(settings['intake_server']) }),
  };
}

const PROOFS = {
  client_secret: 'its client secret',
  client_certificate: 'its certificate',
  federated_token_file: 'the token in a file',
};

function tellProof(credential: unknown, has: (name: string) => boolean): string {
  if (credential === 'managed_identity') return 'Azure signs in what the module runs in, by its managed identity.';
  if (credential === 'federated_token') return `The application proves who it is with ${PROOFS.federated_token_file}.`;
  const given = Object.entries(PROOFS).filter(
    ([name]) => (credential ?? 'automatic') === 'automatic' || name === credential,
  );
  const [[, proof] = [], ...others] = given.filter(([name]) => has(name));
  if (others.length > 0) return 'More than one credential is given: remove the others, or choose the one to use.';
  if (proof !== undefined) return `The application proves who it is with ${proof}.`;
  return 'The application proves who it is with a client secret, a certificate or a federated token.';
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
