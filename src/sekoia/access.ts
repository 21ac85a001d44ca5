import { InternalDomains, type Tenant } from '../message-trace/direction.js';
import type { ClientCertificate } from '../microsoft/sign-in/client-certificate.js';
import { addressOf, type Api, portalAt } from '../microsoft/clouds.js';
import type { TokenFileName } from '../microsoft/sign-in/token-file.js';
import type { Guidance } from '../microsoft/classify-response.js';
import type { ApplicationOptions, TraceOptions, Unchecked } from '../settings/options.js';
import { isDomain, isGuid } from '../settings/values.js';

/** What proves who signs in to Entra ID. */
export type Proof =
  | { readonly clientSecret: string }
  | { readonly clientCertificate: ClientCertificate }
  | { readonly federatedToken: TokenFileName }
  | { readonly accountName: string; readonly accountPassword: string };

/**
 * HTTP Basic, a token of Entra ID, or one of Azure for what the module runs in. Plain data: a hash of it tells whether
 * it has changed.
 */
type Credentials =
  | { readonly kind: 'basic'; readonly accountName: string; readonly accountPassword: string }
  | { readonly kind: 'token'; readonly tenant: string; readonly clientId: string; readonly identity: Proof }
  | { readonly kind: 'managed'; readonly clientId: string | undefined };

/** How the settings of a trigger say to get at the message traces of a tenant. */
export interface Access {
  readonly api: Api;
  readonly credentials: Credentials;
  /** The tenant's domain, where the settings tell it. */
  readonly organization: string | undefined;
  readonly guidance: Guidance;
  /** Where Entra ID is, where the environment says so and the settings do not. */
  readonly authorityUrl?: string | undefined;
}

export const TENANT = `the tenant's ID, a GUID, or one of its domains such as contoso.onmicrosoft.com`;
export const APPLICATION_ID = `the application's ID, a GUID such as 0f8fad5b-d9cb-469f-a165-70867728950e`;

/**
 * What is wrong with the IDs of tenant and application, where they are given. A secret may have been pasted there: no
 * value is quoted.
 */
export function problemsWithIds(ids: Pick<Unchecked<ApplicationOptions>, 'tenantId' | 'clientId'>): string[] {
  const { tenantId: tenant, clientId: client } = ids;
  const problems: string[] = [];
  if (typeof tenant === 'string' && !isGuid(tenant) && !isDomain(tenant))
    problems.push(`"tenant_id" (Tenant ID) must be ${TENANT}, not ${sizeOf(tenant)}.`);
  if (typeof client === 'string' && !isGuid(client))
    problems.push(`"client_id" (Client ID) must be ${APPLICATION_ID}, not ${sizeOf(client)}.`);
  return problems;
}

/** The tenant that the settings name, with the domains that they show to be its own. */
export function tenantOf(access: Access, { addresses, events }: Pick<TraceOptions, 'addresses' | 'events'>): Tenant {
  const { api, organization, credentials } = access;
  const named = credentials.kind === 'token' ? credentials.tenant : undefined;
  const own = [organization, named].filter((name): name is string => name !== undefined && isDomain(name));
  return {
    id: named ?? organization,
    internal: new InternalDomains([...events.internalDomains, ...own]),
    portalUrl: portalAt(addressOf(api, addresses.apiUrl)),
  };
}

const INTERNAL_DOMAINS = '"internal_domains" (Internal domains)';

/** What is wrong with the list of the tenant's domains. */
export function problemsWithDomains({ internal_domains: domains }: Readonly<Record<string, unknown>>): string[] {
  if (!Array.isArray(domains)) return [];
  return domains.flatMap((domain: unknown, index) =>
    typeof domain !== 'string' || isDomain(domain.replace(/^\*?[@.]/, ''))
      ? []
      : `Entry ${index + 1} of ${INTERNAL_DOMAINS} must be a domain such as contoso.com, not ${sizeOf(domain)}.`,
  );
}

function sizeOf(text: string): string {
  return `a text of ${text.length} character${text.length === 1 ? '' : 's'}`;
}
