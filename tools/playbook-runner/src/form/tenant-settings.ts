import { INTAKE_KEY } from './secrets.js';

/** Where a trigger reads and signs in. */
export const TENANT_ADDRESSES = ['api_url', 'authority_url'];
/** Which service answers there, and for what a token is asked. */
const SERVICES = ['api', 'token_scope', 'credential'];
/** Who signs in to which tenant, besides the secrets. */
const IDENTITIES = ['account_name', 'client_id', 'tenant_id', 'federated_token_file'];

/** The names of the settings that belong to one tenant: another one replaces them all, and no other. */
export function tenantSettings(secretNames: Iterable<string>): readonly string[] {
  return [...TENANT_ADDRESSES, ...SERVICES, ...credentials(secretNames)];
}

/** Names and secrets with which a trigger signs in. The intake key is none of them: it opens no tenant. */
export function credentials(secretNames: Iterable<string>): readonly string[] {
  return [...IDENTITIES, ...[...secretNames].filter((name) => name !== INTAKE_KEY)];
}
